// Steady state: everything that the probes see is as it should be, and stays so for a moment. A drill that starts
// from anything else would judge the wrong cause, so not getting here makes it inconclusive.
import { until } from "../base/until.ts";
import { inconclusiveError } from "../base/errors.ts";
import { longestRelistMs } from "../lab/relist.ts";
import type { TimelineStore } from "../timeline/store.ts";
import { outages } from "../verdict/outages.ts";
import type { Recorder } from "../timeline/recorder.ts";
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
  const { http2ReadIdleMs, http2PingMs } = session.settings.kubelet;
  const { store } = recorder;
  const aftermath = (now: number) => [
    ...leftovers(store, session.workload.options.namespace),
    ...deadConnections(store, now, http2ReadIdleMs.value + http2PingMs.value),
    ...backingOff(store, now, session.healed),
  ];
  const wrong = () => {
    const now = recorder.now();
    return [
      ...disturbances(store, now, session.workload.options.replicas),
      ...(rested === "rested" ? aftermath(now) : []),
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

/**
 * Containers of the demo's namespace that belong to no Ready pod of it: a deleted pod's containers stop only
 * when its preStop hook and its grace are over, long after the API has forgotten the pod. Pure.
 */
export function leftovers(store: TimelineStore, namespace: string): string[] {
  const stateBy = (probe: string, pod: string) => store.states.get(probe)?.get(`pod:${pod}`)?.at(-1)?.value;
  return [...(store.states.get("containers") ?? [])].flatMap(([subject, changes]) => {
    const [machine = "", space, pod = ""] = subject.split("/");
    if (space !== namespace || (changes.at(-1)?.value ?? null) === null) return [];
    const states = [stateBy("workload", pod), stateBy("extras", pod)];
    if (states.some((state) => typeof state === "string" && state.startsWith("ready"))) return [];
    return [`a container of ${pod}, which is not a Ready pod of the workload, still runs on ${machine}`];
  });
}

/**
 * When the VIP moves, kubelets and controllers keep connections that lead nowhere until client-go's HTTP/2 health check
 * gives them up (30 s + 15 s); until then a node looks Ready and starts no pod (kubernetes #121793). Pure.
 */
export function deadConnections(store: TimelineStore, now: number, healthCheckMs: number): string[] {
  const last = (store.states.get("vip")?.get("holder") ?? []).slice(1).at(-1)?.t ?? -Infinity;
  return still(last + healthCheckMs - now, "clients may sit on dead connections", "the VIP has moved");
}

/** Backing off starts anew after 2 minutes without a failure; twice that is looked at. */
const memoryMs = 240_000;

/**
 * When the API was away, kubelets and controllers wait before they list and watch again; a node looks Ready meanwhile,
 * because its lease is renewed by another client, and starts no pod. Pure.
 * @param healed the API may have been away right before the run began
 */
export function backingOff(store: TimelineStore, now: number, healed: boolean): string[] {
  const waits = usersOfTheApi(store).map((probe) => {
    const samples = store.samples.get(probe)?.within(now - memoryMs, now) ?? [];
    const failed = samples.filter((each) => !each.ok);
    // An answer that was only slow has broken no watch.
    const away = outages(samples, samples[0]?.start ?? now, now).filter(({ from, to }) =>
      failed.some((each) => each.start < to && each.end > from),
    );
    const sumMs = away.reduce((sum, each) => sum + each.to - each.from, 0);
    return (away.at(-1)?.to ?? -Infinity) + longestRelistMs(sumMs) - now;
  });
  const earlier = healed ? longestRelistMs(Infinity) - now : -Infinity;
  return still(Math.max(earlier, ...waits), "clients may still back off", "the API was away");
}

/** New connections through the VIP; without one, to the API servers themselves. */
function usersOfTheApi(store: TimelineStore): string[] {
  const reads = [...store.probes.values()].filter(
    ({ group, labels }) =>
      group === "api" &&
      labels.verb === "read" &&
      labels.connection === "fresh" &&
      labels.patience === undefined,
  );
  const throughVip = reads.filter(({ labels }) => labels.via === "vip");
  return (throughVip.length > 0 ? throughVip : reads).map(({ probe }) => probe);
}

function still(leftMs: number, what: string, why: string): string[] {
  return leftMs > 0 ? [`${what} for another ${(leftMs / 1000).toFixed(0)} s, because ${why}`] : [];
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
  const last = (probe: string, subject: string) => store.states.get(probe)?.get(subject)?.at(-1)?.value;
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
    wrong.push(`${String(last("workload", "ready"))} of ${String(replicas)} demo pods are Ready`);
  return wrong;
}
