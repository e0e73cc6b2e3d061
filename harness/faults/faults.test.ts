// Faults on machines that really listen on the network, with power that only keeps its state; the real engine's turn
// is in machines/docker.e2e.test.ts.
import { once } from "node:events";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { PowerState } from "../machines/provider.ts";
import { testWorld } from "./testing/world.ts";
import { deletePods, faultKind, faultKinds, freeze, powerCut, shutdown } from "./index.ts";
import type { Fault } from "./fault.ts";

const signal = new AbortController().signal;

test.each([
  [powerCut(["m1", "m2"]), "off", "cut"],
  [shutdown(["m1", "m2"]), "off", "shutdown"],
  [freeze(["m1", "m2"]), "frozen", "freeze"],
] as [Fault, PowerState, string][])(
  "%o: inject, confirm, heal, heal again",
  async (fault, broken, operation) => {
    const { world, states, calls } = testWorld({ m1: "running", m2: "running", m3: "running" });
    const kind = faultKind(fault.kind);
    await expect(kind.confirm(world, fault.args, signal)).rejects.toThrow(/m1 is running, m2 is running/);
    await kind.inject(world, fault.args, signal);
    expect(states).toEqual({ m1: broken, m2: broken, m3: "running" });
    expect(calls.filter((each) => each.endsWith(operation))).toEqual([`m1 ${operation}`, `m2 ${operation}`]);
    expect(await kind.confirm(world, fault.args, signal)).toMatch(/^m1 and m2 are (off|frozen)/);
    await kind.heal(world, fault.args, signal);
    await kind.heal(world, fault.args, signal);
    expect(states).toEqual({ m1: "running", m2: "running", m3: "running" });
    expect(kind.byHand(world, fault.args)).toHaveLength(2);
  },
);

test("heal works from any state, and one machine that does not come back does not keep the others off", async () => {
  const { world, states, ...lab } = testWorld({ m1: "off", m2: "frozen", m3: "off" });
  lab.refuse("m1 on");
  for (const fault of [freeze(["m1", "m2", "m3"]), powerCut(["m1", "m2", "m3"])])
    await expect(faultKind(fault.kind).heal(world, fault.args, signal)).rejects.toThrow("m1 does not on");
  expect(states).toEqual({ m1: "off", m2: "running", m3: "running" });
});

test("what is not running cannot be broken, and nothing is touched then", async () => {
  const { world, states } = testWorld({ m1: "running", m2: "off" });
  const fault = powerCut(["m1", "m2"]);
  await expect(faultKind(fault.kind).inject(world, fault.args, signal)).rejects.toThrow(/m2 is off/);
  expect(states).toEqual({ m1: "running", m2: "off" });
});

test("a machine that is off by the provider's word but answers on the network is not off", async () => {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  onTestFinished(() => void listener.close());
  const address = listener.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const { world } = testWorld({ m1: "off" }, { address: "127.0.0.1", sshPort: port });
  const fault = powerCut(["m1"]);
  await expect(faultKind(fault.kind).confirm(world, fault.args, signal)).rejects.toThrow(
    `127.0.0.1:${String(port)} of m1 still answers`,
  );
});

test("arguments are checked, unknown faults and machines are named, kinds are unique", async () => {
  const { world } = testWorld({ m1: "running" });
  const cut = faultKind("machine.power-cut");
  await expect(cut.inject(world, { machines: [] }, signal)).rejects.toThrow();
  await expect(cut.inject(world, { machines: ["m9"] }, signal)).rejects.toThrow(/no machine m9/);
  expect(() => faultKind("machine.explode")).toThrow(/There is no fault "machine.explode"/);
  expect(new Set(faultKinds.map((each) => each.kind)).size).toBe(faultKinds.length);
});

test("deleting pods: only those of the UID, confirmed when terminating, gone, or replaced by a namesake", async () => {
  const pods = new Map([
    ["slow", { uid: "1" }],
    ["fast", { uid: "2" }],
    ["renewed", { uid: "3" }],
  ]);
  const { world, requests } = testWorld({ m1: "running" }, { api: podApi(pods) });
  const args = {
    namespace: "demo",
    pods: [...pods].map(([name, { uid }]) => ({ name, uid })),
    gracePeriodSeconds: null,
  };
  const fault = deletePods(args);
  const kind = faultKind(fault.kind);
  await expect(kind.confirm(world, fault.args, signal)).rejects.toThrow("demo/slow is still there");
  await kind.inject(world, fault.args, signal);
  expect(requests.filter((each) => each.method === "DELETE").map((each) => each.body)).toEqual(
    args.pods.map(({ uid }) => ({ apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid } })),
  );
  expect(await kind.confirm(world, fault.args, signal)).toBe(
    "slow is terminating, fast is gone, renewed is gone, another pod has its name",
  );
  expect(kind.title(fault.args)).toBe("deletion of demo/slow, demo/fast and demo/renewed");
  await kind.heal(world, fault.args, signal);
});

/** What the API server does on deletion to a pod that ends slowly, one that ends at once, and one of a StatefulSet. */
function podApi(pods: Map<string, { uid: string; deletionTimestamp?: string }>) {
  return (method: string, path: string): unknown => {
    const name = path.split("/").at(-1) ?? "";
    if (method === "DELETE") {
      if (name === "slow") pods.set(name, { uid: "1", deletionTimestamp: "2026-01-01T00:00:00Z" });
      else if (name === "fast") pods.delete(name);
      else pods.set(name, { uid: "4" });
    }
    const metadata = pods.get(name);
    return metadata === undefined ? undefined : { metadata };
  };
}
