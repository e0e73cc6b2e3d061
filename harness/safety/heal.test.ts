import { beforeEach, expect, test, vi } from "vitest";
import { freeze, powerCut, shutdown } from "../faults/index.ts";
import type { Fault } from "../faults/fault.ts";
import { testWorld } from "../faults/testing/world.ts";
import type { KubeAccess, KubeClients } from "../kube/access.ts";
import { withAnsweringApi } from "./answering-api.ts";
import { healAll, undoEntry } from "./heal.ts";
import { Ledger } from "./ledger.ts";
import type { LedgerEntry } from "./mutation.ts";
import { ownStateFolder } from "./testing/state-folder.ts";
import { demoNamespaceKind, drillVolumeKind } from "./undo.ts";

ownStateFolder();
let ledger: Ledger;
beforeEach(() => {
  ledger = new Ledger("lab");
});

test("machines come back first and without any API; then what needs it", async () => {
  let namespaceThere = true;
  const { world, states, calls, requests } = testWorld(
    { m1: "off", m2: "frozen", m3: "running" },
    {
      api: (method, path) => {
        expect(states).toEqual({ m1: "running", m2: "running", m3: "running" });
        if (path === "/readyz") return "ok";
        if (method === "DELETE") namespaceThere = false;
        return namespaceThere ? ownNamespace : undefined;
      },
    },
  );
  open("cut", powerCut(["m1"]));
  open("demo", { kind: demoNamespaceKind, args: { namespace: "kubedrill-demo" } });
  open("frozen", freeze(["m2"]));
  const { healed, failed } = await healAll(world, ledger, { onProgress: () => undefined });
  expect(healed.map((each) => each.id).sort()).toEqual(["cut", "demo", "frozen"]);
  expect(failed).toEqual([]);
  expect(ledger.pending()).toEqual([]);
  expect(calls).toEqual(expect.arrayContaining(["m1 on", "m2 thaw"]));
  expect(requests.map(({ method, path }) => `${method} ${path}`)).toContain(
    "DELETE /api/v1/namespaces/kubedrill-demo",
  );
});

test("one that fails does not stop the rest, stays in the ledger, and is told with what to do by hand", async () => {
  const lab = testWorld({ m1: "off", m2: "off" });
  lab.refuse("m1 on");
  open("one", powerCut(["m1"]));
  open("two", shutdown(["m2"]));
  open("future", { kind: "cable.gnaw", args: {} });
  open("garbled", { kind: "machine.power-cut", args: { machine: "m1" } });
  const lines: string[] = [];
  const { healed, failed } = await healAll(lab.world, ledger, { onProgress: (line) => lines.push(line) });
  expect(healed.map((each) => each.id)).toEqual(["two"]);
  expect(failed.map((each) => each.entry.id).sort()).toEqual(["future", "garbled", "one"]);
  expect(ledger.pending().map((each) => each.id)).toEqual(["one", "future", "garbled"]);
  expect(lines.join("\n")).toMatch(
    /NOT healed: machine\.power-cut .*m1 does not on[\s\S]*by hand:\n {4}by hand one/,
  );
  lab.allow("m1 on");
  await undoEntry(lab.world, ledger, open("one", powerCut(["m1"])));
  expect(ledger.pending().map((each) => each.id)).toEqual(["future", "garbled"]);
});

test("entries of the same machine wait for each other, those of others do not", async () => {
  const { world, states, calls } = testWorld({ m1: "off", m2: "frozen" });
  open("older", powerCut(["m1", "m2"]));
  open("newer", freeze(["m2"]));
  await healAll(world, ledger, { onProgress: () => undefined });
  expect(states).toEqual({ m1: "running", m2: "running" });
  expect(calls[0]).toBe("m2 thaw");
});

test("what was healed already is healed again without harm", async () => {
  const { world, states } = testWorld({ m1: "running" });
  open("cut", powerCut(["m1"]));
  const { healed } = await healAll(world, ledger, { onProgress: () => undefined });
  expect([healed.length, states.m1, ledger.pending().length]).toEqual([1, "running", 0]);
  expect(await healAll(world, ledger, { onProgress: () => undefined })).toEqual({ healed: [], failed: [] });
});

test("an entry whose machine does not stay up is not closed", async () => {
  const lab = testWorld({ m1: "off" });
  const entry = open("cut", powerCut(["m1"]));
  lab.pretend("m1 on");
  const controller = new AbortController();
  const undoing = undoEntry(lab.world, ledger, entry, controller.signal);
  setTimeout(() => {
    controller.abort(new Error("interrupted"));
  }, 300);
  await expect(undoing).rejects.toMatchObject({ kind: "unhealed", hint: "by hand: by hand cut" });
  expect(ledger.pending()).toHaveLength(1);
});

test("a namespace that kubedrill did not make is never deleted", async () => {
  const { world, requests } = testWorld(
    { m1: "running" },
    { api: () => ({ metadata: { labels: { team: "shop" } } }) },
  );
  const entry = open("demo", { kind: demoNamespaceKind, args: { namespace: "shop" } });
  await expect(undoEntry(world, ledger, entry)).rejects.toThrow(/has no label .*; it is not deleted/);
  expect(requests.some((each) => each.method === "DELETE")).toBe(false);
  expect(ledger.pending()).toHaveLength(1);
});

test("a namespace that an absent API keeps from going is named as that", { timeout: 20_000 }, async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const condition = {
    type: "NamespaceDeletionDiscoveryFailure",
    status: "True",
    message: "stale GroupVersion discovery: metrics.k8s.io/v1beta1",
  };
  const { world } = testWorld(
    { m1: "running" },
    {
      api(method) {
        // Whoever watches it sees it kept for as long as the controller may take to try again.
        if (method === "GET") vi.advanceTimersByTime(50_000);
        return { ...ownNamespace, status: { conditions: [condition] } };
      },
    },
  );
  const entry = open("demo", { kind: demoNamespaceKind, args: { namespace: "kubedrill-demo" } });
  try {
    await expect(undoEntry(world, ledger, entry)).rejects.toThrow(/does not answer: .*metrics\.k8s\.io/);
  } finally {
    vi.useRealTimers();
  }
  expect(ledger.pending()).toHaveLength(1);
});

test("a drill's volume goes with its folder on the machine, a volume of others never", async () => {
  const path = "/var/lib/kubedrill/kubedrill-demo-keeper";
  const args = { volume: "kubedrill-demo-keeper", machine: "m1", path };
  let volume: unknown = ownNamespace;
  const { world, requests } = testWorld(
    { m1: "running" },
    {
      api(method) {
        if (method === "DELETE") volume = undefined;
        return volume;
      },
    },
  );
  const scripts: string[] = [];
  Object.assign(world.machine("m1").shell, {
    run: (script: string) => Promise.resolve(void scripts.push(script)),
  });
  await undoEntry(world, ledger, open("volume", { kind: drillVolumeKind, args }));
  expect(volume).toBeUndefined();
  expect(scripts).toEqual([`rm -rf -- ${path}; rmdir -- /var/lib/kubedrill 2>/dev/null || true`]);
  expect(ledger.pending()).toEqual([]);
  volume = { metadata: { labels: { team: "shop" } } };
  const before = requests.length;
  const bad = open("other", { kind: drillVolumeKind, args });
  await expect(undoEntry(world, ledger, bad)).rejects.toThrow(/has no label/);
  expect(requests.slice(before).some((each) => each.method !== "GET")).toBe(false);
  const outside = open("outside", { kind: drillVolumeKind, args: { ...args, path: "/etc" } });
  await expect(undoEntry(world, ledger, outside)).rejects.toThrow();
  expect(scripts).toHaveLength(1);
});

test("with the VIP gone for good, what needs the API is undone at an API server's own address", async () => {
  let namespaceThere = true;
  const { world } = testWorld({ m1: "running" });
  const direct = {
    endpoint: { name: "m1" },
    raw: (method: string, path: string) => {
      if (path === "/readyz") return Promise.resolve("ok");
      if (method === "DELETE") namespaceThere = false;
      return Promise.resolve(namespaceThere ? ownNamespace : undefined);
    },
  } as unknown as KubeClients;
  const kube = {
    ...world.kube,
    endpoints: [{ name: "vip" }, { name: "m1" }],
    via: () => direct,
  } as unknown as KubeAccess;
  const entry = open("demo", { kind: demoNamespaceKind, args: { namespace: "kubedrill-demo" } });
  await undoEntry({ ...world, kube }, ledger, entry);
  expect(namespaceThere).toBe(false);
  expect(ledger.pending()).toEqual([]);
});

test("an API server that says it is ready, and cannot read from its store, is not the one that is used", async () => {
  const { world } = testWorld({ m1: "running" });
  const way = (name: string, reads: boolean) =>
    ({
      endpoint: { name },
      raw: (_method: string, path: string) =>
        path === "/readyz" || reads ? Promise.resolve("ok") : Promise.reject(new Error("timeout")),
    }) as unknown as KubeClients;
  const ways = [way("vip", false), way("m1", false), way("m2", true)];
  const kube = {
    main: ways[0],
    endpoints: ways.map((each) => each.endpoint),
    via: (name: string) => ways.find((each) => each.endpoint.name === name),
  } as unknown as KubeAccess;
  const found = await withAnsweringApi({ ...world, kube }, { timeoutMs: 5000 });
  expect(found.kube.main.endpoint.name).toBe("m2");
});

test("interrupting healing ends the wait for the API and leaves its entries pending", async () => {
  const { world } = testWorld({ m1: "off" });
  open("cut", powerCut(["m1"]));
  open("demo", { kind: demoNamespaceKind, args: { namespace: "kubedrill-demo" } });
  const controller = new AbortController();
  const lines: string[] = [];
  const report = await healAll(world, ledger, {
    signal: controller.signal,
    onProgress: (line) => {
      lines.push(line);
      if (line === "waiting for the API") controller.abort(new Error("interrupted"));
    },
  });
  expect(report.healed.map((each) => each.id)).toEqual(["cut"]);
  expect(ledger.pending().map((each) => each.id)).toEqual(["demo"]);
});

const ownNamespace = { metadata: { labels: { "app.kubernetes.io/managed-by": "kubedrill" } } };

function open(id: string, fault: Fault): LedgerEntry {
  const entry: LedgerEntry = {
    id,
    kind: fault.kind,
    args: fault.args,
    runId: "run",
    drill: "drill",
    openedAt: "2026-01-01T00:00:00.000Z",
    byHand: [`by hand ${id}`],
  };
  ledger.open(entry);
  return entry;
}
