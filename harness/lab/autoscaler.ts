// A HorizontalPodAutoscaler as the cluster has it: its bounds, its target, how fast its policies let it go, and what it
// scales.
import { z } from "zod";
import { usageError } from "../base/errors.ts";
import type { KubeClients } from "../kube/access.ts";
import type { Sourced } from "./facts.ts";

/** How fast it may grow. */
export interface ScaleUp {
  policies: { type: "Pods" | "Percent"; value: number; periodMs: number }[];
  /** Which policy counts: the one that allows most, or least. */
  select: "Max" | "Min";
}

export interface Autoscaler {
  name: string;
  minReplicas: number;
  maxReplicas: number;
  /** Average CPU usage that it aims at, % of what the pods ask for. */
  targetPercent: number;
  up: ScaleUp;
  upWindowMs: Sourced<number>;
  downWindowMs: Sourced<number>;
}

/** What an HPA scales, and that HPA, whose name it carries. */
export interface LadderApp extends Autoscaler {
  /** Of a pod. */
  requests: { cpuCores: number; memoryBytes: number };
  /** A pod may use so much CPU; Infinity: whatever is there. */
  cpuLimitCores: number;
  /** Pods of it that there are, which the room counts already. */
  standing: number;
  /** Where its Ready pods are seen. */
  seen: { probe: "extras" | "workload"; ready: string };
  /** True: its pods run on the workers only; else on whatever machine is open. */
  onWorkers: boolean;
}

/** Source: Kubernetes documentation, "Horizontal Pod Autoscaling", default behavior. */
export const defaultScaleUp: ScaleUp = {
  policies: [
    { type: "Pods", value: 4, periodMs: 15_000 },
    { type: "Percent", value: 100, periodMs: 15_000 },
  ],
  select: "Max",
};
const noUpWindow = { value: 0, source: "HorizontalPodAutoscaler, default behavior" };
const usualDownWindow = {
  value: 300_000,
  source: "kube-controller-manager, default of --horizontal-pod-autoscaler-downscale-stabilization",
};

const rules = z.object({
  stabilizationWindowSeconds: z.number().nullish(),
  selectPolicy: z.enum(["Max", "Min", "Disabled"]).nullish(),
  policies: z
    .array(z.object({ type: z.enum(["Pods", "Percent"]), value: z.number(), periodSeconds: z.number() }))
    .nullish(),
});

const list = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({
        scaleTargetRef: z.object({ kind: z.string(), name: z.string() }),
        minReplicas: z.number().default(1),
        maxReplicas: z.number(),
        metrics: z
          .array(
            z.object({
              type: z.string(),
              resource: z
                .object({
                  name: z.string(),
                  target: z.object({ averageUtilization: z.number().optional() }),
                })
                .optional(),
            }),
          )
          .default([]),
        behavior: z.object({ scaleUp: rules.nullish(), scaleDown: rules.nullish() }).nullish(),
      }),
    }),
  ),
});

/** @throws KubedrillError (usage) when the Deployment has none, or one of which nothing can be predicted */
export async function readAutoscaler(
  kube: Pick<KubeClients, "raw">,
  namespace: string,
  deployment: string,
): Promise<Autoscaler> {
  const path = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`;
  const { items } = list.parse(await kube.raw("GET", path, { timeoutMs: 10_000 }));
  const found = items.find(
    ({ spec }) => spec.scaleTargetRef.kind === "Deployment" && spec.scaleTargetRef.name === deployment,
  );
  if (found === undefined)
    throw usageError(
      `No HorizontalPodAutoscaler in namespace ${namespace} scales the Deployment ${deployment}, so there is nothing that could follow the load.`,
      {
        hint: `kubectl autoscale deployment ${deployment} --namespace ${namespace} --cpu=70% --min=1 --max=10`,
      },
    );
  return autoscalerOf(found.metadata.name, found.spec);
}

function autoscalerOf(
  name: string,
  { minReplicas, maxReplicas, metrics, behavior }: z.infer<typeof list>["items"][number]["spec"],
): Autoscaler {
  const targets = metrics.map(({ type, resource }) => ({
    name: type === "Resource" ? (resource?.name ?? type) : type,
    percent: resource?.target.averageUtilization ?? null,
  }));
  const cpu = targets.find((each) => each.name === "cpu" && each.percent !== null)?.percent ?? null;
  const strange = targets.find((each) => !["cpu", "memory"].includes(each.name));
  if (cpu === null || strange !== undefined)
    throw usageError(
      `The HorizontalPodAutoscaler ${name} ${cpu === null ? "does not scale by the utilization of CPU" : `also scales by ${strange?.name ?? ""}`}: what it wants under load cannot be predicted.`,
      { hint: "the ladder knows CPU utilization, with or without memory" },
    );
  if (behavior?.scaleUp?.selectPolicy === "Disabled")
    throw usageError(
      `The HorizontalPodAutoscaler ${name} is forbidden to grow (scaleUp.selectPolicy: Disabled).`,
    );
  const window = (seconds: number | null | undefined, way: string, usual: Sourced<number>) =>
    typeof seconds === "number"
      ? { value: seconds * 1000, source: `HPA ${name}, behavior.${way}.stabilizationWindowSeconds` }
      : usual;
  return {
    name,
    minReplicas,
    maxReplicas,
    targetPercent: cpu,
    up: scaleUpOf(behavior?.scaleUp),
    upWindowMs: window(behavior?.scaleUp?.stabilizationWindowSeconds, "scaleUp", noUpWindow),
    downWindowMs: window(behavior?.scaleDown?.stabilizationWindowSeconds, "scaleDown", usualDownWindow),
  };
}

function scaleUpOf(given: z.infer<typeof rules> | null | undefined): ScaleUp {
  const policies = given?.policies ?? [];
  return {
    policies:
      policies.length === 0
        ? defaultScaleUp.policies
        : policies.map(({ type, value, periodSeconds }) => ({ type, value, periodMs: periodSeconds * 1000 })),
    select: given?.selectPolicy === "Min" ? "Min" : "Max",
  };
}
