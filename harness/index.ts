// The whole vocabulary of a drill file.
export {
  atLeast,
  drill,
  firstPods,
  podsOf,
  sizeOf,
  snapshotWayOf,
  veleroOf,
  type PlanInput,
} from "./scenario.ts";
export {
  askedToFill,
  deletePods,
  drain,
  fillMemory,
  freeze,
  outOfService,
  lostForGood,
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
  memoryUser,
  scaledApp,
  statefulSet,
  volumeApp,
  webApp,
} from "./workloads/extras.ts";
export { loadId, users } from "./run/users.ts";
export {
  baselineMs,
  ingressControllerLossMs,
  ingressControlPlaneLossMs,
  ingressWorkerLossMs,
  predictControlPlaneLoss,
  fillsFor,
  fitOf,
  fullForMs,
  podsOfSizes,
  predictDeleteAll,
  predictDrain,
  predictCanaryPod,
  predictDisaster,
  predictDrift,
  predictIdleBaseline,
  predictIngressControllerLoss,
  predictIngressControlPlaneLoss,
  predictIngressPodDelete,
  predictIngressRollout,
  predictIngressWorkerLoss,
  predictLadder,
  predictLongOutage,
  predictNewCluster,
  predictNodePressure,
  predictPending,
  predictPodDeletion,
  predictRebuild,
  predictRestore,
  predictShortOutage,
  predictSteps,
  predictVelero,
  predictVolumeSnapshot,
  pressureNames,
  pressurePods,
  rampMs,
  shortOutageMs,
  sizeFor,
  type Fill,
} from "./verdict/predict/index.ts";
export { rebuildable } from "./run/rebuild-drill.ts";
export { losable } from "./run/disaster-drill.ts";
export { restorable } from "./run/restore-drill.ts";
export { backingUp } from "./run/velero-drill.ts";
export { snapshotting } from "./run/volume-snapshot.ts";
export { keeping } from "./run/canary-pod.ts";
export { moving } from "./run/new-cluster.ts";
export { drifting } from "./run/drift-drill.ts";
