// What HorizontalPodAutoscalers say: how many pods they want and have, which usage they see, and what keeps them from
// acting. Id "autoscalers"; subjects carry the HPA's name.
import type { V2HorizontalPodAutoscaler } from "@kubernetes/client-node";
import type { World } from "../lab/world.ts";
import type { StateEvent } from "../timeline/events.ts";
import type { Probe } from "./probe.ts";
import { watchProbe } from "./watch-probe.ts";

export function autoscalersProbe(world: World, namespace: string): Probe {
  const turns = new Map<string, Turns>();
  return watchProbe<V2HorizontalPodAutoscaler>({
    info: { probe: "autoscalers", title: "Autoscalers as the API has them", group: "workload" },
    access: world.kube,
    path: `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`,
    pick: (object) => object as unknown as V2HorizontalPodAutoscaler,
    onObjects: (autoscalers, { book }) => {
      book.replace("", autoscalerValues(autoscalers, turns));
    },
  });
}

/** How often an HPA changed its mind: up again after it had gone down. */
export interface Turns {
  desired: number;
  fell: boolean;
  count: number;
}

/**
 * Per HPA: "desired:<name>" and "current:<name>" replicas; "cpu:<name>" and "memory:<name>", the usage it saw in % of
 * what the pods ask for (null: none seen); "active:<name>", "True", or why it cannot scale; "limited:<name>", the reason
 * when its bounds hold it back, or null; "turns:<name>", how often it wanted more again after it had wanted less.
 * @param turns what was seen of each HPA so far, by its UID; brought up to date
 */
export function autoscalerValues(
  autoscalers: readonly V2HorizontalPodAutoscaler[],
  turns: Map<string, Turns>,
): Map<string, StateEvent["value"]> {
  const values = new Map<string, StateEvent["value"]>();
  for (const each of autoscalers) {
    const name = each.metadata?.name ?? "";
    const { status } = each;
    const desired = status?.desiredReplicas ?? 0;
    const condition = (type: string) => status?.conditions?.find((one) => one.type === type);
    const active = condition("ScalingActive");
    const limited = condition("ScalingLimited");
    values.set(`desired:${name}`, desired);
    values.set(`current:${name}`, status?.currentReplicas ?? 0);
    values.set(`cpu:${name}`, usageOf(each, "cpu"));
    values.set(`memory:${name}`, usageOf(each, "memory"));
    values.set(`active:${name}`, active?.status === "True" ? "True" : whyNot(active));
    values.set(`limited:${name}`, limited?.status === "True" ? (limited.reason ?? "limited") : null);
    values.set(`turns:${name}`, turnsOf(turns, each.metadata?.uid ?? name, desired));
  }
  return values;
}

function usageOf({ status }: V2HorizontalPodAutoscaler, resource: string): number | null {
  const metric = status?.currentMetrics?.find((each) => each.resource?.name === resource);
  return metric?.resource?.current.averageUtilization ?? null;
}

/** "False: FailedGetResourceMetric: …"; its first sentence, because the rest repeats it for every metric. */
function whyNot(condition: { status: string; reason?: string; message?: string } | undefined): string {
  if (condition === undefined) return "not looked at yet";
  const { status, reason = "no reason given", message = "" } = condition;
  const told = message.length > 160 ? `${message.slice(0, 159)}…` : message;
  return `${status}: ${reason}${told === "" ? "" : `: ${told}`}`;
}

function turnsOf(turns: Map<string, Turns>, uid: string, desired: number): number {
  const seen = turns.get(uid) ?? { desired, fell: false, count: 0 };
  const again = seen.fell && desired > seen.desired;
  const next = {
    desired,
    fell: again ? false : seen.fell || desired < seen.desired,
    count: seen.count + (again ? 1 : 0),
  };
  turns.set(uid, next);
  return next.count;
}
