import { expect, test } from "vitest";
import { askedToFill, faultKind, fillMemory } from "./index.ts";
import { testWorld } from "./testing/world.ts";

const MiB = 2 ** 20;
const args = {
  machine: "m1",
  namespace: "demo",
  pod: "fill",
  like: "guaranteed",
  fastBytes: 1024 * MiB,
  slowBytes: 224 * MiB,
  slowBytesPerSecond: 2 * MiB,
};
const fault = fillMemory(args);
const kind = faultKind(fault.kind);
const signal = new AbortController().signal;
const path = "/api/v1/namespaces/demo/pods/fill";

function clusterWith(freeMiB: number, reallyMiB: number) {
  const pods = new Map<string, { status: { phase: string } }>();
  const made = testWorld(
    { m1: "running" },
    {
      api(method, asked, body) {
        if (asked.endsWith("/stats/summary"))
          return { node: { memory: { availableBytes: (freeMiB + 100) * MiB, workingSetBytes: 0 } } };
        if (asked.endsWith("/configz"))
          return { kubeletconfig: { evictionHard: { "memory.available": "100Mi" } } };
        if (asked.endsWith("/guaranteed")) return { spec: { containers: [{ image: "agnhost" }] } };
        if (method === "POST") pods.set(path, { ...(body as object), status: { phase: "Running" } });
        if (method === "DELETE") pods.delete(asked);
        return pods.get(asked);
      },
    },
  );
  const [machine] = made.world.machines;
  Object.assign(machine?.shell ?? {}, {
    run: () => Promise.resolve({ stdout: `${String(reallyMiB * 1024)}\n`, stderr: "", exitCode: 0 }),
  });
  Object.assign(made.world.kube.main, {
    core: { listPodForAllNamespaces: () => Promise.resolve({ items: [] }) },
  });
  return { ...made, pods };
}

test("fills fast and then slowly, within what it asks for; healed by deleting, twice", async () => {
  const { world, requests, pods } = clusterWith(1100, 4000);
  await kind.inject(world, args, signal);
  const made = requests.find((each) => each.method === "POST")?.body as {
    spec: { nodeName: string; containers: { args: string[]; resources: { requests: { memory: string } } }[] };
  };
  expect(made.spec.nodeName).toBe("m1");
  expect(made.spec.containers.map((each) => each.args)).toEqual([
    ["stress", `--mem-total=${String(1024 * MiB)}`, "--mem-alloc-size=32Mi", "--mem-alloc-sleep=10ms"],
    [
      "stress",
      `--mem-total=${String(224 * MiB)}`,
      `--mem-alloc-size=${String(MiB)}`,
      "--mem-alloc-sleep=500ms",
    ],
  ]);
  const asked = made.spec.containers.map((each) => Number(each.resources.requests.memory));
  expect(asked.reduce((sum, each) => sum + each, 0)).toBe(askedToFill(args));
  expect(await kind.confirm(world, args, signal)).toBe("fill runs on m1");
  await expect(kind.confirmHealed?.(world, args)).rejects.toThrow(/still there/);
  await kind.heal(world, args, signal);
  await kind.heal(world, args, signal);
  expect(pods.size).toBe(0);
  await kind.confirmHealed?.(world, args);
});

test("refuses before anything is made when the kernel would choose instead of the kubelet", async () => {
  const near = clusterWith(1000, 4000);
  await expect(kind.inject(near.world, args, signal)).rejects.toThrow(/1000 MiB more/);
  const shared = clusterWith(1100, 1500);
  await expect(kind.inject(shared.world, args, signal)).rejects.toThrow(/188 MiB would be left/);
  expect([...near.requests, ...shared.requests].some((each) => each.method === "POST")).toBe(false);
});
