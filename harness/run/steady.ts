// Steady state: everything that the probes see is as it should be, and stays so for a moment. A drill that starts
// from anything else would judge the wrong cause, so not getting here makes it inconclusive.
import { until } from "../base/until.ts";
import { inconclusiveError } from "../base/errors.ts";
import type { TimelineStore } from "../timeline/store.ts";
import type { Recorder } from "../timeline/recorder.ts";
import { aftermath } from "./aftermath.ts";
import type { Progress } from "./progress.ts";
import type { Session } from "./session.ts";

const limitMs = 180_000;
/** Everything must have been good for so long. */
const quietMs = 2000;
/** People who wait longer than this want to know for what. */
const tellAfterMs = 3000;

/**
 * @param rested "rested" also waits until nobody can sit on a dead connection of an earlier drill any more or wait out
 *   an API that was away in it, and until the containers of pods that it deleted have ended; what comes next is then not
 *   blamed for any of them
 * @throws KubedrillError (inconclusive) with what is still wrong after 3 minutes
 */
export async function waitForSteadyState(session: Session, rested: "rested" | "recovered"): Promise<void> {
  const { recorder, signal, progress } = session;
  progress.line("waiting for the steady state");
  const { store } = recorder;
  const wrong = () => {
    const now = recorder.now();
    return [
      ...disturbances(store, now, session.workload.subject.replicas),
      ...(rested === "rested" ? aftermath(session, now) : []),
    ];
  };
  const tell = teller(progress, recorder);
  const reached = () => {
    const [first] = wrong();
    if (first !== undefined) tell(first);
    return first === undefined;
  };
  try {
    await until(reached, {
      what: "the steady state",
      timeoutMs: limitMs,
      intervalMs: 250,
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw inconclusiveError(
      `The lab did not reach its steady state in ${String(limitMs / 1000)} s: ${wrong().slice(0, 4).join("; ")}.`,
      {
        cause: error,
      },
    );
  }
}

/** Says what is waited for, when that has been so for a moment and only when it is something new. */
function teller(progress: Progress, recorder: Pick<Recorder, "now">): (why: string) => void {
  let told = "";
  let since = recorder.now();
  return (why) => {
    const gist = why.replace(/\d+/g, "");
    if (gist === told || recorder.now() - since < tellAfterMs) return;
    told = gist;
    since = recorder.now();
    progress.line(`not yet: ${why}`);
  };
}

/** What is not as it should be at `now`, in words; empty in steady state. Pure. */
export function disturbances(store: TimelineStore, now: number, replicas: number): string[] {
  return [...failingProbes(store, now), ...badStates(store, replicas)];
}

function failingProbes(store: TimelineStore, now: number): string[] {
  const wrong: string[] = [];
  for (const probe of store.probes.values()) {
    const series = store.samples.get(probe.probe);
    if (series === undefined || probe.group === "load" || probe.tickMs > quietMs) continue;
    const from = now - quietMs - probe.tickMs;
    let seen = 0;
    for (let index = series.length - 1; index >= 0; index -= 1) {
      const sample = series.at(index);
      if (sample.end < from) break;
      seen += 1;
      if (!sample.ok) {
        wrong.push(`${probe.title} fails (${sample.error ?? "failed"})`);
        break;
      }
    }
    if (seen === 0) wrong.push(`${probe.title} has not answered for ${String(quietMs / 1000)} s`);
  }
  return wrong;
}

function badStates(store: TimelineStore, replicas: number): string[] {
  const last = (probe: string, subject: string) => store.lastValue(probe, subject);
  const wrong: string[] = [];
  for (const [machine, changes] of store.states.get("machines") ?? [])
    if (changes.at(-1)?.value !== "running")
      wrong.push(`machine ${machine} is ${String(changes.at(-1)?.value)}`);
  for (const [node, changes] of store.states.get("nodes") ?? [])
    if (!node.includes(":") && node !== "ready-count" && changes.at(-1)?.value !== "True")
      wrong.push(`node ${node} is not Ready`);
  const members = [...(store.states.get("etcd")?.keys() ?? [])].filter((each) =>
    each.startsWith("member:"),
  ).length;
  const healthy = last("etcd", "members-healthy");
  if (members > 0 && healthy !== members)
    wrong.push(`${String(healthy)} of ${String(members)} etcd members are healthy`);
  if (store.probes.has("vip") && last("vip", "holders") !== 1)
    wrong.push(`${String(last("vip", "holders"))} machines hold the VIP`);
  if (store.probes.has("workload") && last("workload", "ready") !== replicas)
    wrong.push(`${String(last("workload", "ready"))} of ${String(replicas)} pods of the workload are Ready`);
  return wrong;
}
