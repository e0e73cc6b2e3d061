// The whole vocabulary of a drill file.
export { atLeast, drill, firstPods, podsOf, sizeOf, type PlanInput } from "./scenario.ts";
export {
  deletePods,
  drain,
  freeze,
  outOfService,
  powerCut,
  restart,
  scale,
  shutdown,
} from "./faults/index.ts";
export { pickEntrance, pickIngressPods, pickMachines } from "./faults/targets.ts";
export {
  barePod,
  bigDeployment,
  daemonSet,
  disruptionBudget,
  scaledApp,
  statefulSet,
  webApp,
} from "./workloads/extras.ts";
export { loadId, users } from "./run/users.ts";
export {
  baselineMs,
  ingressControllerLossMs,
  ingressControlPlaneLossMs,
  ingressWorkerLossMs,
  predictControlPlaneLoss,
  fitOf,
  fullForMs,
  predictDeleteAll,
  predictDrain,
  predictIdleBaseline,
  predictIngressControllerLoss,
  predictIngressControlPlaneLoss,
  predictIngressPodDelete,
  predictIngressRollout,
  predictIngressWorkerLoss,
  predictLadder,
  predictLongOutage,
  predictPending,
  predictPodDeletion,
  predictShortOutage,
  predictSteps,
  shortOutageMs,
  sizeFor,
} from "./verdict/predict/index.ts";
