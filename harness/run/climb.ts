// Up the ladder, stage by stage, and down again; with what each stage came to as facts "stage.<name>" and, where it
// answers slowly, "stage.<name>.slow"; "stage.<name>.missing" is how many replicas the HPA had too few by its formula then.
import { messageOf } from "../base/errors.ts";
import { until } from "../base/until.ts";
import { readRoom } from "../lab/room.ts";
import { missingReplicas } from "../verdict/predict/index.ts";
import type { Scaled } from "../workloads/scaled.ts";
import { settle } from "./settle.ts";
import type { Session } from "./session.ts";
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
  const look = () => lookAtUsage(session, scaled.namespace, scaled.deployment, names);
  const room = await readRoom(world);
  mark("ladder.begin");
  await seesUsage(session, drill, scaled.name);
  mark("ladder.ready");
  let firstMs: number | null = null;
  for (const stage of stages) {
    const before = await look();
    mark(`${stage.name}.begin`);
    const figures = await runStage(session, scaled.way, stage);
    mark(`${stage.name}.end`);
    firstMs ??= figures.p99Ms;
    const usage = usageBetween(before, await look());
    const pods = podsNow(session, scaled);
    const missing = missingNow(session, scaled);
    const ab = await abOnStage(session, scaled.way, stage);
    const slow = whySlow({ first: firstMs, now: figures.p99Ms }, usage, pods, room);
    const fact = (name: string, value: string | number | Record<string, number | string | null>) => {
      recorder.record({ type: "fact", drill, name, value });
    };
    fact(`stage.${stage.name}`, {
      clients: stage.connections,
      sent: figures.sent,
      "answers/s": rounded(figures.answered / Math.max(0.001, figures.seconds)),
      failed: figures.failed,
      "p50 ms": rounded(figures.p50Ms),
      "p99 ms": rounded(figures.p99Ms),
      "max ms": rounded(figures.maxMs),
      "pods ready": pods.ready,
      "pods pending": pods.pending,
      "throttled %": usage.throttledShare === null ? null : rounded(100 * usage.throttledShare),
      "OOM kills": usage.oomKills,
      ...(ab === null
        ? {}
        : { "ab answers/s": rounded(ab.perSecond), "ab p50 ms": ab.p50Ms, "ab p99 ms": ab.p99Ms }),
    });
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

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
