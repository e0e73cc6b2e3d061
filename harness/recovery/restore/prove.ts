// Whether what was restored is one cluster with the same data everywhere: asked of each member by itself, because three
// clusters of one look as healthy as one of three.
import { z } from "zod";
import { messageOf } from "../../base/errors.ts";
import type { Machine, World } from "../../lab/world.ts";
import { withEtcdTools } from "../etcd-tools.ts";
import { carryOutStage } from "./carry-out.ts";
import type { Procedure, RestoreInput } from "./procedure.ts";
import type { EtcdPlace } from "./places.ts";

export interface MemberView {
  machine: string;
  /** Hexadecimal. */
  cluster: string;
  /** "name=peer URL" of every member that it knows, sorted. */
  members: string[];
  revision: number;
  /** "alarm" words that are raised. */
  alarms: string[];
  /** Over all keys up to the lowest revision of all members; null: not asked, because one did not answer. */
  hash: string | null;
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

const answers = z.tuple([
  z.object({
    header: z.object({ cluster_id: z.number() }),
    members: z.array(z.object({ name: z.string().default(""), peerURLs: z.array(z.string()).default([]) })),
  }),
  z.array(
    z.object({
      Status: z.object({ header: z.object({ revision: z.number() }), errors: z.array(z.string()).nullish() }),
    }),
  ),
]);

/** Proves it, and from then on the restored data is what counts; what is wrong is told, and nothing is committed. */
export async function proveAndCommit(
  world: World,
  { places }: Pick<RestoreInput, "places">,
  owners: ReadonlyMap<string, string>,
  { commit }: Pick<Procedure, "commit">,
  signal: AbortSignal,
): Promise<Proof> {
  const proof = await proveRestored(world, places, owners);
  if (proof.wrong.length === 0) await carryOutStage(world, commit, signal);
  return proof;
}

async function proveRestored(
  world: World,
  places: readonly EtcdPlace[],
  owners: ReadonlyMap<string, string>,
): Promise<Proof> {
  const looks = await Promise.all(
    places.map((place) =>
      viewOf(world, place).then(
        (view) => ({ view, why: null }),
        (error: unknown) => ({
          view: null,
          why: `the member on ${place.machine} does not answer: ${messageOf(error)}`,
        }),
      ),
    ),
  );
  const views = looks.flatMap(({ view }) => (view === null ? [] : [view]));
  const silent = looks.flatMap(({ why }) => (why === null ? [] : [why]));
  if (silent.length > 0) return { views, hashedAt: null, wrong: silent };
  const hashedAt = Math.min(...views.map((each) => each.revision));
  const hashed = await Promise.all(
    views.map(async (view) => ({ ...view, hash: await hashOf(world, view.machine, hashedAt) })),
  );
  return { views: hashed, hashedAt, wrong: whatIsWrong(hashed, places, owners) };
}

/** Pure. */
export function whatIsWrong(
  views: readonly MemberView[],
  places: readonly EtcdPlace[],
  owners: ReadonlyMap<string, string>,
): string[] {
  const wanted = places.map(({ member, peerUrl }) => `${member}=${peerUrl}`).sort();
  const wrong: string[] = [];
  for (const { machine, members, alarms, owner } of views) {
    if (members.join() !== wanted.join())
      wrong.push(
        `the member on ${machine} knows ${members.length === 1 ? "only itself" : `${String(members.length)} members`} (${members.join(", ")}) instead of ${wanted.join(", ")}`,
      );
    if (alarms.length > 0) wrong.push(`the member on ${machine} has raised ${alarms.join(", ")}`);
    const before = owners.get(machine);
    if (before !== undefined && before !== owner)
      wrong.push(`the data on ${machine} belongs to ${owner} instead of ${before}`);
  }
  const different = (what: string, values: readonly (string | null)[]) => {
    if (new Set(values).size > 1)
      wrong.push(
        `the members have different ${what}: ${views.map((each, index) => `${each.machine} ${values[index] ?? "none"}`).join(", ")}`,
      );
  };
  different(
    "cluster ids",
    views.map((each) => each.cluster),
  );
  different(
    "hashes of the same revision",
    views.map((each) => each.hash),
  );
  return wrong;
}

/** "root:root 700" of each member's folder. */
export async function ownersOf(world: World, places: readonly EtcdPlace[]): Promise<Map<string, string>> {
  const pairs = await Promise.all(
    places.map(async (place): Promise<[string, string]> => [
      place.machine,
      await ownerOf(world.machine(place.machine), place),
    ]),
  );
  return new Map(pairs);
}

async function ownerOf({ shell }: Machine, { dataDir }: EtcdPlace): Promise<string> {
  const { stdout } = await shell.run(`stat -c '%U:%G %a' ${dataDir}/member`, { timeoutMs: 10_000 });
  return stdout.trim();
}

const toolLimitMs = 20_000;

async function viewOf(world: World, place: EtcdPlace): Promise<MemberView> {
  const machine = world.machine(place.machine);
  const script =
    "etcdctl --command-timeout=5s member list -w json; etcdctl --command-timeout=5s endpoint status -w json; etcdctl --command-timeout=5s alarm list";
  const { stdout } = await machine.shell.run(withEtcdTools(world.file, "/var/lib", script), {
    timeoutMs: toolLimitMs,
  });
  const lines = stdout.trim().split("\n");
  const [list, status] = answers.parse(lines.slice(0, 2).map((each) => exact(each)));
  const own = status[0]?.Status;
  return {
    machine: place.machine,
    cluster: clusterIdIn(lines[0] ?? ""),
    members: list.members.map((each) => `${each.name}=${each.peerURLs.join("+")}`).sort(),
    revision: own?.header.revision ?? 0,
    alarms: [...lines.slice(2).map((each) => each.trim()), ...(own?.errors ?? [])].filter(
      (each) => each !== "",
    ),
    hash: null,
    owner: await ownerOf(machine, place),
  };
}

async function hashOf(world: World, machine: string, revision: number): Promise<string | null> {
  const script = `etcdctl --command-timeout=10s endpoint hashkv --rev ${String(revision)} -w json`;
  const { stdout } = await world
    .machine(machine)
    .shell.run(withEtcdTools(world.file, "/var/lib", script), { timeoutMs: toolLimitMs });
  const found = /"hash":\s*(\d+)/.exec(stdout)?.[1];
  return found === undefined ? null : Number(found).toString(16);
}

/** 64 bits do not fit a number of JavaScript, so it is read from the text. */
function clusterIdIn(text: string): string {
  const found = /"cluster_id":\s*"?(\d+)/.exec(text)?.[1];
  return found === undefined ? "" : BigInt(found).toString(16);
}

function exact(line: string): unknown {
  return JSON.parse(line);
}
