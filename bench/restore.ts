// How long the API is away for a restore of etcd on every member, beside the same steps typed one after the other, in the
// same run, on the same lab and from the same snapshot. Both end when a write is accepted through the users' way.
import type { Command } from "commander";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { labDir } from "../harness/base/paths.ts";
import { until } from "../harness/base/until.ts";
import { readLabFile } from "../harness/lab/lab-file.ts";
import { openWorld } from "../harness/lab/open-world.ts";
import { readClusterUid } from "../harness/lab/read-topology.ts";
import type { World } from "../harness/lab/world.ts";
import { preflight } from "../harness/recovery/restore/preflight.ts";
import { restore } from "../harness/recovery/restore/restore.ts";
import { chooseStrategy } from "../harness/recovery/restore/strategies.ts";
import { saveSnapshot } from "../harness/recovery/snapshot/save.ts";
import type { StoredSnapshot } from "../harness/recovery/snapshot/sidecar.ts";
import { undoEntry } from "../harness/safety/heal.ts";
import { Ledger } from "../harness/safety/ledger.ts";
import { acquireRunLock } from "../harness/safety/lock.ts";
import { wayBackEntry } from "../harness/safety/way-back.ts";
import { typedRestore } from "./restore-typed.ts";

export function registerRestoreBench(program: Command): void {
  program
    .command("restore")
    .description("a restore on all members, beside the same steps typed by hand; the lab must be up")
    .option("--rounds <times>", "how often each is done; the median is shown", Number, 3)
    .option("--name <name>", "name of the lab", "kubedrill")
    .addHelpText("after", "\nExample: npm run bench -- restore --rounds 5")
    .action(async ({ rounds, name }: { rounds: number; name: string }) => {
      await benchRestore(name, rounds);
    });
}

interface Round {
  typed: number;
  own: number;
}

async function benchRestore(name: string, rounds: number): Promise<void> {
  const lock = await acquireRunLock(name, "bench restore");
  const world = await openWorld(await readLabFile(join(labDir(name), "lab.yaml")));
  const store = await mkdtemp(join(tmpdir(), "kubedrill-bench-"));
  try {
    const done: Round[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const snapshot = await saveSnapshot(world, new Ledger(name), { store, onProgress: say });
      const typed = await timed(world, "typed", (begin) => typedRestore(world, snapshot, begin));
      await rm(snapshot.folder, { recursive: true });
      const fresh = await saveSnapshot(world, new Ledger(name), { store, onProgress: say });
      const own = await timed(world, "kubedrill", (begin) => ownRestore(world, fresh, begin));
      await rm(fresh.folder, { recursive: true });
      done.push({ typed, own });
    }
    print(done);
  } catch (error) {
    say("the lab may be in between: npm run kubedrill -- heal, or lab reset");
    throw error;
  } finally {
    await rm(store, { recursive: true, force: true });
    await world.close();
    lock.release();
  }
}

/** From `begin`, when the cluster is first touched, until a write is accepted; ms. */
async function timed(
  world: World,
  what: string,
  work: (begin: () => void) => Promise<void>,
): Promise<number> {
  let begun = NaN;
  await work(() => {
    begun = performance.now();
  });
  const ms = (await writeAccepted(world)) - begun;
  say(`${what}: ${(ms / 1000).toFixed(1)} s`);
  await settled(world);
  return ms;
}

async function ownRestore(world: World, snapshot: StoredSnapshot, begin: () => void): Promise<void> {
  const ledger = new Ledger(world.file.name);
  const id = `bench${String(Date.now() % 1_000_000)}`;
  const clusterUid = await readClusterUid(world);
  const input = await preflight(world, { snapshot, id, clusterUid });
  const procedure = chooseStrategy(input, "stacked-swap").plan(input);
  const entry = wayBackEntry({ id: `bench/${id}`, runId: "", drill: "" }, procedure.wayBack);
  ledger.open(entry);
  try {
    const { why } = await restore(
      world,
      { input, procedure },
      {
        signal: new AbortController().signal,
        onPhase: (phase) => {
          if (phase === "stop") begin();
        },
        onPhaseEnd: () => undefined,
        onStart: ({ title }) => {
          say(title);
        },
        onEnd: () => undefined,
        onProof: () => undefined,
      },
    );
    if (why !== null) throw new Error(why);
  } finally {
    // Nobody waits for it: it goes on while the first write is looked for.
    undoing.push(undoEntry(world, ledger, entry));
  }
}

/** What is still being taken away. */
const undoing: Promise<void>[] = [];

const path = "/api/v1/namespaces/default/configmaps/kubedrill-bench-restore";

async function writeAccepted({ kube }: World): Promise<number> {
  const metadata = {
    name: "kubedrill-bench-restore",
    labels: { "app.kubernetes.io/managed-by": "kubedrill" },
  };
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { at: String(Date.now()) } };
  const write = () =>
    kube.main
      .raw("PATCH", `${path}?fieldManager=bench&force=true`, {
        timeoutMs: 2000,
        body,
        contentType: "application/apply-patch+yaml",
      })
      .then(() => performance.now());
  const at = await until(write, { what: "a write to be accepted", timeoutMs: 300_000, intervalMs: 100 });
  await kube.main.raw("DELETE", path, { timeoutMs: 10_000, okStatus: [404] });
  return at;
}

/** Every API server and node is well again, and nothing is under way. */
async function settled(world: World): Promise<void> {
  await Promise.all(undoing.splice(0));
  const controlPlanes = world.machines.filter((each) => each.role === "control-plane");
  await until(
    async () => {
      for (const { name } of controlPlanes)
        await world.kube.via(name).raw("GET", "/readyz", { timeoutMs: 3000 });
      const { items } = await world.kube.main.core.listNode();
      return items.every(
        (each) => each.status?.conditions?.find(({ type }) => type === "Ready")?.status === "True",
      );
    },
    { what: "the lab to be well again", timeoutMs: 300_000, intervalMs: 1000 },
  );
}

function print(rounds: readonly Round[]): void {
  const row = (label: string, values: readonly number[]) =>
    `${label.padEnd(10)} ${values.map((each) => `${(each / 1000).toFixed(1)} s`.padStart(8)).join("")}   median ${(median(values) / 1000).toFixed(1)} s`;
  const typed = rounds.map((each) => each.typed);
  const own = rounds.map((each) => each.own);
  process.stdout.write(
    `${row("typed", typed)}\n${row("kubedrill", own)}\nratio ${(median(own) / median(typed)).toFixed(2)} (wanted: 0.70 at most)\n`,
  );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
