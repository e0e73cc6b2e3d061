// Up the ladder, stage by stage, and down again; with what each stage came to as facts "stage.<name>", by how many pods
// were Ready "felt.<name>.<pods>", and, where it answers slowly, "stage.<name>.slow"; "stage.<name>.missing" is how many
// replicas the HPA had too few by its formula then.
import { messageOf } from "../base/errors.ts";
import { until } from "../base/until.ts";
import { readRoom } from "../lab/room.ts";
import { missingReplicas } from "../verdict/predict/index.ts";
import type { Scaled } from "../workloads/scaled.ts";
import { ByReplicas } from "./by-replicas.ts";
import type { Session } from "./session.ts";
import { settle } from "./settle.ts";
import { feltColumns, stageColumns } from "./stage-facts.ts";
import { abOnStage, runStage, type Stage } from "./stages.ts";
import { lookAtUsage, usageBetween, whySlow } from "./usage-look.ts";

/**
 * Sets the marks "ladder.begin", "ladder.ready" (what must be so before the load), "<stage>.begin" and "<stage>.end" of
 * each stage, and "ladder.end"; then waits for what must come back.
 */
export async function climb(
  session: Session,
  drill: string,
  scaled: Scaled,
  stages: readonly Stage[],
  mark: (name: string) => void,
): Promise<void> {
  const { recorder, topology, world } = session;
  const places = topology.machines.filter((each) => !scaled.onWorkers || each.role === "worker");
  const names = places.map((each) => each.name);
  const look = () => lookAtUsage(session, scaled, names);
  const room = await readRoom(world);
  const fact = (name: string, value: string | number | Record<string, number | string | null>) => {
    recorder.record({ type: "fact", drill, name, value });
  };
  const { probe, ready } = scaled.seen;
  fact("ladder.scaled", { hpa: scaled.name, probe, ready });
  mark("ladder.begin");
  await seesUsage(session, drill, scaled.name);
  mark("ladder.ready");
  let firstMs: number | null = null;
  for (const stage of stages) {
    const before = await look();
    const byReplicas = new ByReplicas();
    mark(`${stage.name}.begin`);
    const figures = await runStage(session, scaled.way, stage, (second, latency) => {
      byReplicas.add(podsNow(session, scaled).ready, second, latency);
    });
    mark(`${stage.name}.end`);
    firstMs ??= figures.p99Ms;
    const usage = usageBetween(before, await look());
    const pods = podsNow(session, scaled);
    const missing = missingNow(session, scaled);
    const ab = await abOnStage(session, scaled.way, stage);
    const slow = whySlow({ first: firstMs, now: figures.p99Ms }, usage, pods, room);
    fact(`stage.${stage.name}`, stageColumns(stage, figures, pods, usage, ab));
    for (const felt of byReplicas.felt(figures.seconds))
      fact(`felt.${stage.name}.${String(felt.ready)}`, feltColumns(stage, felt));
    if (missing !== null) fact(`stage.${stage.name}.missing`, missing);
    if (slow === null) continue;
    fact(`stage.${stage.name}.slow`, slow);
    session.progress.line(`why slow: ${slow}`);
  }
  mark("ladder.end");
  await settle(session, drill, null);
}

/** Waits for the promise that usage is seen, as long as it may take; whether it was kept is for the judge. */
async function seesUsage({ recorder, signal, progress }: Session, drill: string, hpa: string): Promise<void> {
  const { store } = recorder;
  const active = () => store.lastValue("autoscalers", `active:${hpa}`);
  const promise = store
    .all("expectation", drill)
    .find(({ expectation }) => expectation.window.to === "ladder.ready");
  await until(() => active() === "True", {
    what: `the HPA ${hpa} to see usage`,
    timeoutMs: (promise?.expectation.budget ?? 60) * 1500,
    intervalMs: 200,
    signal,
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    progress.line(`${messageOf(error)} It says: ${String(active() ?? "nothing")}`);
  });
}

function podsNow(
  { recorder }: Session,
  { seen }: Scaled,
): { ready: number; pending: number; lacking: string | null } {
  const last = (subject: string) => recorder.store.lastValue(seen.probe, subject) ?? null;
  const lacking = last("unschedulable-for");
  return {
    ready: Number(last(seen.ready) ?? 0),
    pending: Number(last("unschedulable") ?? 0),
    lacking: lacking === null ? null : String(lacking),
  };
}

/** Replicas that it has too few by the usage that it saw last; null: it sees none. */
function missingNow({ recorder }: Session, { name, targetPercent }: Scaled): number | null {
  const last = (subject: string) => recorder.store.lastValue("autoscalers", `${subject}:${name}`);
  const usage = last("cpu");
  return typeof usage === "number" ? missingReplicas(Number(last("current")), usage, targetPercent) : null;
}
