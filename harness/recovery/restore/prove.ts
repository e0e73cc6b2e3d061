// Whether what was restored is one cluster with the same data everywhere: asked of each member by itself, because three
// clusters of one look as healthy as one of three.
import { z } from "zod";
import { messageOf } from "../../base/errors.ts";
import type { Machine, World } from "../../lab/world.ts";
import { askMember, withEtcdTools } from "../etcd-tools.ts";
import type { EtcdPlace } from "./places.ts";

export interface MemberView {
  machine: string;
  /** Hexadecimal. */
  cluster: string;
  /** "name=peer URL" of every member that it knows, sorted. */
  members: string[];
  revision: number;
  /** "memberID:1 alarm:NOSPACE". */
  alarms: string[];
  /** It knows a leader: a majority of its cluster is there. */
  led: boolean;
  /** Over all keys up to the lowest revision of all members; null: it could not be had. */
  hash: string | null;
  /** Of its data. */
  sizeBytes: number;
  /** "owner:group mode" of the folder with its data. */
  owner: string;
}

export interface Proof {
  views: MemberView[];
  /** Revision of the hashes. */
  hashedAt: number | null;
  /** What is not as it must be, in words; empty: it is proven. */
  wrong: string[];
}

/** Asks each member; never throws for one that does not answer. */
export async function proveRestored(
  world: World,
  places: readonly EtcdPlace[],
  owners: ReadonlyMap<string, string>,
): Promise<Proof> {
  const looks = await Promise.all(
    places.map((place) =>
      viewOf(world, place).then(
        (view) => ({ view, why: null }),
        async (error: unknown) => ({
          view: null,
          why: `the member on ${place.machine} does not answer${await complaintOf(world, place)}: ${messageOf(error)}`,
        }),
      ),
    ),
  );
  const views = looks.flatMap(({ view }) => (view === null ? [] : [view]));
  const silent = looks.flatMap(({ why }) => (why === null ? [] : [why]));
  if (silent.length > 0)
    return { views, hashedAt: null, wrong: [...silent, ...notOneCluster(views, places, owners)] };
  const hashedAt = Math.min(...views.map((each) => each.revision));
  const hashed = await Promise.all(
    views.map(async (view) => ({
      ...view,
      hash: await hashOf(world, view.machine, hashedAt).catch(() => null),
    })),
  );
  return {
    views: hashed,
    hashedAt,
    wrong: [...notOneCluster(hashed, places, owners), ...notSameData(hashed)],
  };
}

/** Pure. */
export function notOneCluster(
  views: readonly MemberView[],
  places: readonly EtcdPlace[],
  owners: ReadonlyMap<string, string>,
): string[] {
  const wanted = places.map(({ member, peerUrl }) => `${member}=${peerUrl}`).sort();
  const wrong: string[] = [];
  for (const { machine, members, alarms, led, owner } of views) {
    if (members.join() !== wanted.join())
      wrong.push(
        `the member on ${machine} knows ${members.length === 1 ? "only itself" : `${String(members.length)} members`} (${members.join(", ")}) instead of ${wanted.join(", ")}`,
      );
    if (!led) wrong.push(`the member on ${machine} has no leader`);
    if (alarms.length > 0) wrong.push(`the member on ${machine} has raised ${alarms.join(", ")}`);
    const before = owners.get(machine);
    if (before !== undefined && before !== owner)
      wrong.push(`the data on ${machine} belongs to ${owner} instead of ${before}`);
  }
  const clusters = different(
    "cluster ids",
    views.map(({ machine, cluster }) => ({ machine, value: cluster })),
  );
  return [...wrong, ...clusters];
}

/** Pure. */
export function notSameData(views: readonly MemberView[]): string[] {
  const unasked = views.filter((each) => each.hash === null).map((each) => each.machine);
  if (unasked.length > 0) return [`no hash was had of the data on ${unasked.join(", ")}`];
  return different(
    "hashes of the same revision",
    views.map(({ machine, hash }) => ({ machine, value: hash ?? "" })),
  );
}

function different(what: string, of: readonly { machine: string; value: string }[]): string[] {
  if (new Set(of.map((each) => each.value)).size <= 1) return [];
  return [
    `the members have different ${what}: ${of.map(({ machine, value }) => `${machine} ${value}`).join(", ")}`,
  ];
}

/** "root:root 700" of each member's folder; those that have none are left out. */
export async function ownersOf(world: World, places: readonly EtcdPlace[]): Promise<Map<string, string>> {
  const pairs = await Promise.all(
    places.map(async (place): Promise<[string, string]> => [
      place.machine,
      await ownerOf(world.machine(place.machine), place),
    ]),
  );
  return new Map(pairs.filter(([, owner]) => owner !== ""));
}

async function ownerOf({ shell }: Machine, { dataDir }: EtcdPlace): Promise<string> {
  const { stdout } = await shell.run(
    `if [ -e ${dataDir}/member ]; then stat -c '%U:%G %a' ${dataDir}/member; fi`,
    { timeoutMs: 10_000 },
  );
  return stdout.trim();
}

const toolLimitMs = 20_000;

/** What a member tells by itself, with a quorum or without. */
export async function viewOf(world: World, place: EtcdPlace): Promise<MemberView> {
  const machine = world.machine(place.machine);
  const ask = (path: string, body: string) => askMember(world.file.etcd, path, body, 5);
  // Neither needs a quorum: a member that is alone must be able to say so.
  const script = [
    ask("/v3/cluster/member/list", '{"linearizable":false}'),
    ask("/v3/maintenance/status", "{}"),
  ].join(" && echo && ");
  const { stdout } = await machine.shell.run(script, { timeoutMs: toolLimitMs });
  const [list, status] = answers.parse(
    stdout
      .trim()
      .split("\n")
      .map((each): unknown => JSON.parse(each)),
  );
  return {
    machine: place.machine,
    cluster: BigInt(list.header.cluster_id).toString(16),
    members: list.members.map((each) => `${each.name}=${each.peerURLs.join("+")}`).sort(),
    revision: Number(status.header.revision),
    alarms: status.errors.filter((each) => each.includes("alarm")),
    led: !status.errors.some((each) => each.includes("no leader")),
    hash: null,
    sizeBytes: Number(status.dbSize),
    owner: await ownerOf(machine, place),
  };
}

/**
 * Before it has found a majority of its cluster a member answers nobody, but its log says why.
 * @returns an addition to a sentence; "" when nothing is found
 */
async function complaintOf(world: World, { machine, runtime }: EtcdPlace): Promise<string> {
  const log =
    runtime === "pod"
      ? "crictl logs --tail 200 $(crictl ps -a -q --name '^etcd$' | head -n 1) 2>&1"
      : "journalctl --unit etcd --lines 200 --output cat";
  const script = `${log} | grep -E '"level":"(warn|error|fatal|panic)"' | sed -n 's/.*"msg":"\\([^"]*\\)".*/\\1/p' | sort | uniq -c | sort -rn | head -n 1`;
  const { stdout } = await world
    .machine(machine)
    .shell.run(script, { timeoutMs: toolLimitMs })
    .catch(() => ({ stdout: "" }));
  const most = /^\s*\d+ (.+)$/.exec(stdout.trimEnd())?.[1];
  return most === undefined ? "" : ` (its log says most of all: ${most})`;
}

/** 64-bit numbers come as texts. A member's status names its alarms and the want of a leader among its errors. */
const answers = z.tuple([
  z.object({
    header: z.object({ cluster_id: z.string() }),
    members: z.array(z.object({ name: z.string().default(""), peerURLs: z.array(z.string()).default([]) })),
  }),
  z.object({
    header: z.object({ revision: z.string() }),
    dbSize: z.string(),
    errors: z.array(z.string()).default([]),
  }),
]);

async function hashOf(world: World, machine: string, revision: number): Promise<string | null> {
  const script = `etcdctl --command-timeout=10s endpoint hashkv --rev ${String(revision)} -w json`;
  const { stdout } = await world
    .machine(machine)
    .shell.run(withEtcdTools(world.file, "/var/lib", script), { timeoutMs: toolLimitMs });
  const found = /"hash":\s*(\d+)/.exec(stdout)?.[1];
  return found === undefined ? null : Number(found).toString(16);
}
