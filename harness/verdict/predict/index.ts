// Predictions: from layout and settings to what must happen and how long it may take, before anything is broken. Pure.
export type { ExtraFacts, Prediction, PredictionInput, WorkloadFacts } from "./input.ts";
export { predictControlPlaneLoss } from "./control-plane-loss.ts";
export { predictShortOutage, shortOutageMs } from "./short-outage.ts";
export { predictDrain, type DrainPlan } from "./drain.ts";
export { predictLongOutage } from "./long-outage.ts";
export { predictDeleteAll } from "./delete-all.ts";
export { fitOf, fullForMs, predictPending, sizeFor } from "./pending.ts";
export { predictLadder, predictSteps } from "./ladder.ts";
export type { LadderStep, RequestCost } from "./ladder-links.ts";
export { predictNodePressure } from "./node-pressure.ts";
export { fillsFor, podsOfSizes, pressureNames, pressurePods, rampMs, type Fill } from "./pressure-plan.ts";
export { predictPodDeletion } from "./pod-deletion.ts";
export { baselineMs, predictIdleBaseline } from "./idle-baseline.ts";
export { ingressControlPlaneLossMs, predictIngressControlPlaneLoss } from "./ingress-control-plane-loss.ts";
export { ingressControllerLossMs, predictIngressControllerLoss } from "./ingress-controller-loss.ts";
export { predictIngressPodDelete } from "./ingress-pod-delete.ts";
export { predictIngressRollout } from "./ingress-rollout.ts";
export { ingressWorkerLossMs, predictIngressWorkerLoss } from "./ingress-worker-loss.ts";
