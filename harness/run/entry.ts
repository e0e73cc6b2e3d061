// The one test file of a run: opens the session, turns the plan's drills into vitest tests in the plan's order, closes
// the session. It runs in a thread of the kubedrill process, so that nothing goes on when that process is killed.
import { join } from "node:path";
import { BroadcastChannel } from "node:worker_threads";
import { afterAll, beforeAll, inject, test } from "vitest";
import { startProbes, standardProbes, stopProbes, type WriteProbe } from "../probes/index.ts";
import type { Probe } from "../probes/probe.ts";
import { extrasSelector } from "../workloads/extra-labels.ts";
import { abortChannel } from "./request.ts";
import { loadDrills } from "./load-drills.ts";
import { lineProgress } from "./progress.ts";
import { runDrill } from "./run-drill.ts";
import { closeSession, openSession, type Session } from "./session.ts";

const request = inject("kubedrill");
const abort = new AbortController();
const channel = new BroadcastChannel(abortChannel);
channel.onmessage = () => {
  abort.abort(new Error("interrupted"));
};

let session: Session | undefined;
let probes: Probe[] = [];

beforeAll(async () => {
  session = await openSession({
    ...request,
    timelinePath: join(request.runDirectory, "timeline.jsonl"),
    progress: lineProgress((text) => process.stdout.write(text)),
    signal: abort.signal,
  });
  const { world, topology, workload, plan, recorder } = session;
  probes = standardProbes(world, topology, {
    namespace: workload.options.namespace,
    subject: workload.subject,
    extrasSelector,
    tickMs: plan.probes.tickMs,
    overrides: plan.probes.overrides,
  });
  session.writers = probes.filter((probe): probe is WriteProbe => "audit" in probe);
  await startProbes(probes, recorder);
}, 0);

afterAll(async () => {
  channel.close();
  await stopProbes(probes);
  if (session !== undefined) await closeSession(session);
}, 0);

const known = await loadDrills();
for (const id of request.plan.drills) {
  const spec = known.get(id);
  if (spec === undefined) continue; // The command line has refused unknown names before it came here.
  test(id, { timeout: 0 }, async () => {
    if (session === undefined) throw new Error("the session was not opened");
    const verdict = await runDrill(session, spec);
    if (verdict.verdict !== "pass") throw new Error(`${verdict.verdict}: ${verdict.reason}`);
  });
}
