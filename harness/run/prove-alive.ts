// "Recovered" means more than Ready nodes: controllers can hang on dead connections while everything looks green
// (kubernetes #107678, #82960). So something new is rolled out and something deleted must be replaced.
import { until } from "../base/until.ts";
import { inconclusiveError, messageOf } from "../base/errors.ts";
import type { Subject } from "../lab/subject.ts";
import { apply, remove } from "../workloads/apply.ts";
import { subjectPods, type DemoPod } from "../workloads/demo.ts";
import { canaryDeployment } from "../workloads/manifests.ts";
import type { Session } from "./session.ts";
import { patienceForAction } from "./settle.ts";

/** From here on containers stop on purpose; whoever watches them looks up to this mark. */
export const replacingMark = "replacing";

/**
 * Records the actions "roll-out" and "replace-pod"; each is timed from the moment when healing began.
 * @throws KubedrillError (inconclusive) when nothing is rolled out any more: then nothing would be replaced either, and
 *   nothing that follows could be seen
 */
export async function proveAlive(session: Session, drill: string): Promise<void> {
  const canary = canaryDeployment(
    session.workload.options,
    `canary-${String(Math.round(session.recorder.now()))}`,
  );
  const { signal } = session;
  const kube = session.world.kube.main;
  const works = await timed(session, drill, "roll-out", "a new Deployment is rolled out", async (leftMs) => {
    await until(() => apply(kube, canary).then(() => true), {
      what: "the API to accept a Deployment",
      timeoutMs: leftMs(),
      signal,
    });
    await until(
      async () => {
        const name = canary.body.metadata.name;
        const seen = await kube.apps.readNamespacedDeployment({
          name,
          namespace: session.workload.options.namespace,
        });
        return seen.status?.readyReplicas === 1;
      },
      { what: "the new Deployment's pod to be Ready", timeoutMs: leftMs(), signal },
    );
  });
  session.recorder.record({ type: "mark", drill, name: replacingMark });
  if (!works) throw inconclusiveError("The cluster has not recovered: nothing new is rolled out");
  await timed(session, drill, "replace-pod", "a deleted pod is replaced", async (leftMs) => {
    const replaced = expendable(session, canary.body.metadata.name);
    const { before, victim } = await until(
      async () => {
        const pods = await subjectPods(session.world, replaced);
        const one = pods.find(isWhole);
        return one === undefined ? null : { before: pods, victim: one };
      },
      { what: "a Ready pod to delete", timeoutMs: leftMs(), signal },
    );
    await kube.core.deleteNamespacedPod({ name: victim.name, namespace: replaced.namespace });
    await until(
      async () => {
        const now = await subjectPods(session.world, replaced);
        if (isReplaced(before, victim, now)) return true;
        throw new Error(notReplacedYet(before, victim, now));
      },
      {
        what: `the replacement of ${victim.name} (on ${victim.node ?? "no node"})`,
        timeoutMs: leftMs(),
        signal,
      },
    );
  });
  // Where the API is still away, it goes with its namespace at the end of the run.
  await remove(kube, canary).catch(() => undefined);
}

/**
 * One that was not there before is Ready, and so are as many as before: others may still come back with their machines,
 * and neither count for it nor are waited for. Pure.
 */
export function isReplaced(before: readonly ProofPod[], victim: ProofPod, now: readonly ProofPod[]): boolean {
  const known = before.map((each) => each.uid);
  const whole = now.filter((each) => isWhole(each) && each.uid !== victim.uid);
  return whole.some((each) => !known.includes(each.uid)) && whole.length >= before.filter(isWhole).length;
}

/** What there is instead: which pods are new, on which node, and how many of before are still missing. Pure. */
export function notReplacedYet(
  before: readonly ProofPod[],
  victim: ProofPod,
  now: readonly (ProofPod & Pick<DemoPod, "name" | "node">)[],
): string {
  const known = before.map((each) => each.uid);
  const made = now
    .filter((each) => !known.includes(each.uid))
    .map(({ name, node, ready }) => `${name} on ${node ?? "no node yet"}, ${ready ? "Ready" : "not Ready"}`);
  const whole = now.filter((each) => isWhole(each) && each.uid !== victim.uid).length;
  const wanted = before.filter(isWhole).length;
  return `${made.length === 0 ? "no new pod" : made.join("; ")}; ${String(whole)} of ${String(wanted)} pods are Ready`;
}

type ProofPod = Pick<DemoPod, "uid" | "ready" | "terminating">;

function isWhole({ ready, terminating }: ProofPod): boolean {
  return ready && !terminating;
}

/** Pods of which one may be deleted for the proof: the demo's; of a user's own workload none, so the canary's. */
function expendable({ workload }: Session, canary: string): Pick<Subject, "namespace" | "replicaSelector"> {
  const { subject, options } = workload;
  if (subject.kind === "demo") return subject;
  return { namespace: options.namespace, replicaSelector: `app=${canary}` };
}

async function timed(
  session: Session,
  drill: string,
  name: string,
  title: string,
  act: (leftMs: () => number) => Promise<void>,
): Promise<boolean> {
  const { recorder, signal, progress } = session;
  const start = recorder.now();
  const timeoutMs = patienceForAction(session, drill, name);
  try {
    await act(() => Math.max(1000, start + timeoutMs - recorder.now()));
    recorder.record({ type: "action", drill, name, title, start, ok: true });
    progress.line(`${title}: ${((recorder.now() - start) / 1000).toFixed(1)} s`);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    recorder.record({ type: "action", drill, name, title, start, ok: false, error: messageOf(error) });
    progress.line(`NOT: ${title}: ${messageOf(error)}`);
    return false;
  }
}
