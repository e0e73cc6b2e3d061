import { expect, test } from "vitest";
import { machineLoss, type Rejoin } from "./machine-loss.ts";
import { testWorld } from "./testing/world.ts";

const how: Rejoin = {
  survivor: "m1",
  isRebuilt: "rebuilt?",
  ask: "ask",
  machines: ["m2", "m3"].map((machine) => ({
    machine,
    unfinished: "left?",
    stages: [{ title: "join", limitMs: 1000, commands: [{ machine, run: `join ${machine}` }] }],
  })),
};
const args = { machines: ["m2", "m3"], rejoin: how };

/** A lab whose machines say which cluster they know; joining gives them the survivor's. */
function lab(clusters: Record<string, string | null>, left: Record<string, string> = {}) {
  const made = testWorld({ m1: "running", m2: "off", m3: "off" });
  const seen: string[] = [];
  for (const { name, shell } of made.world.machines)
    Object.assign(shell, {
      run(script: string) {
        if (made.states[name] !== "running") return Promise.reject(new Error(`${name} is off`));
        if (script.includes("join ")) {
          seen.push(`${name} joins while ${JSON.stringify(made.states)}`);
          clusters[name] = clusters.m1 ?? null;
        }
        const known = clusters[name];
        if (script === "left?") {
          const stdout = left[name] ?? (known === clusters.m1 ? "" : "has not joined");
          return Promise.resolve({ exitCode: 0, stderr: "", stdout });
        }
        if (script.includes("rebuilt?"))
          return known === null
            ? Promise.reject(new Error("no data"))
            : Promise.resolve({ exitCode: 0, stderr: "", stdout: known === "1" ? "as before" : "rebuilt" });
        if (script === "ask" && (known === null || known === undefined))
          return Promise.reject(new Error("no answer"));
        return Promise.resolve({ exitCode: 0, stderr: "", stdout: `{"cluster_id":"${known ?? ""}"}` });
      },
    });
  return { ...made, seen };
}

const signal = new AbortController().signal;

test("nothing was rebuilt: all come back as they are", async () => {
  const { world, states, seen } = lab({ m1: "1", m2: "1", m3: "1" });
  await machineLoss.heal(world, args, signal);
  expect(states).toEqual({ m1: "running", m2: "running", m3: "running" });
  expect(seen).toEqual([]);
  await machineLoss.confirmHealed?.(world, args);
});

test("it was rebuilt: each joins before the next is powered on", async () => {
  const { world, states, seen } = lab({ m1: "2", m2: null, m3: "1" });
  await machineLoss.heal(world, args, signal);
  expect(seen).toEqual([
    'm2 joins while {"m1":"running","m2":"running","m3":"off"}',
    'm3 joins while {"m1":"running","m2":"running","m3":"running"}',
  ]);
  expect(states.m3).toBe("running");
  await machineLoss.confirmHealed?.(world, args);
});

test("who has joined already is left alone, also when it does not answer", async () => {
  const { world, seen } = lab({ m1: "2", m2: null, m3: "1" }, { m2: "" });
  await machineLoss.heal(world, args, signal);
  expect(seen).toHaveLength(1);
});

test("who is a member already, but was not finished, is finished", async () => {
  const { world, seen } = lab({ m1: "2", m2: "2", m3: "2" }, { m3: "/etc/kubernetes/aside" });
  await machineLoss.heal(world, args, signal);
  expect(seen.map((each) => each.slice(0, 8))).toEqual(["m3 joins"]);
});

test(
  "as long as it cannot be told which data counts, nobody is powered on",
  { timeout: 20_000 },
  async () => {
    const { world, states } = lab({ m1: null, m2: "1", m3: "1" });
    await expect(machineLoss.heal(world, args, AbortSignal.timeout(1000))).rejects.toThrow();
    expect([states.m2, states.m3]).toEqual(["off", "off"]);
  },
);

test("a member of another cluster is not healed", async () => {
  const { world } = lab({ m1: "2", m2: "2", m3: "1" });
  await world.machine("m2").power.on();
  await world.machine("m3").power.on();
  await expect(machineLoss.confirmHealed?.(world, args)).rejects.toThrow(
    "The member on m3 is of another cluster than the one on m1.",
  );
});
