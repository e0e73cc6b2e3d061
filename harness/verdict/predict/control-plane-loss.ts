// What must happen when machines lose their power, control planes above all. Whether that is a minority, the majority
// or everything follows from quorum arithmetic on the layout, never from a count in the drill.
import { apiExpectations } from "./expect-api.ts";
import { etcdExpectations } from "./expect-etcd.ts";
import { httpExpectations } from "./expect-http.ts";
import { nodeExpectations } from "./expect-nodes.ts";
import { recoveryExpectations } from "./expect-recovery.ts";
import { vipExpectations } from "./expect-vip.ts";
import { workloadExpectations } from "./expect-workload.ts";
import type { Prediction, PredictionInput } from "./input.ts";
import { situationOf } from "./situation.ts";
import { statementsOf } from "./statements.ts";

/**
 * @param off names of the machines that lose their power under the fault name "outage"
 * @returns sentences, and expectations in the order of cause and effect
 */
export function predictControlPlaneLoss(input: PredictionInput, off: readonly string[]): Prediction {
  const situation = situationOf(input, off);
  return {
    statements: statementsOf(situation),
    expectations: [
      ...vipExpectations(situation),
      ...etcdExpectations(situation),
      ...apiExpectations(situation),
      ...nodeExpectations(situation),
      ...workloadExpectations(situation),
      ...httpExpectations(situation),
      ...recoveryExpectations(situation),
    ],
  };
}
