import { controlLimitMs, controlPlanes, expectFailure, vipHolder } from "../control.ts";
import { onMachines, runPlan, test } from "../kubedrill.ts";

test("lose-one fails when no peer can take the VIP over", { timeout: controlLimitMs }, async ({ world }) => {
  const holder = await vipHolder(world);
  const peers = controlPlanes(world).filter((each) => each !== holder);
  await onMachines(world, peers, "systemctl stop keepalived");
  try {
    const drills = ["control-plane/lose-one-vip-holder"];
    expectFailure(await runPlan({ drills, workload: { tolerationSeconds: 15 } }), ["vip.moved"]);
  } finally {
    await onMachines(world, peers, "systemctl start keepalived");
  }
});
