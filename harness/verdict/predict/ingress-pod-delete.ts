// What users of the ingress feel when pods behind it are deleted: nothing, when a pod leaves its endpoints before it
// stops.
import type { Prediction, PredictionInput } from "./input.ts";
import { usersCounted, usersSpared, type Users } from "./expect-users.ts";
import { predictPodDeletion } from "./pod-deletion.ts";

export interface IngressPodDelete {
  /** Names of the Deployment's pods that are deleted. */
  pods: string[];
  users: Users;
}

export function predictIngressPodDelete(
  input: PredictionInput,
  { pods, users }: IngressPodDelete,
): Prediction {
  const { statements, expectations } = predictPodDeletion(input, { pods, loads: [] });
  const felt = input.workload.graceful
    ? usersSpared(
        input,
        users,
        "Each pod waits before it stops (preStop); by then its endpoint is gone, and the ingress controller knows",
      )
    : usersCounted(users, "the workload has no preStop and no readiness gate");
  return { statements, expectations: [...expectations, ...felt] };
}
