import { expect, it } from "vitest";
import { clusterInput, places } from "../testing/cluster-input.ts";
import { forceNewCluster } from "./force-new-cluster.ts";
import { newDirectory } from "./new-directory.ts";
import { placeOfEnvironment, placeOfManifest, type EtcdPlace } from "./places.ts";
import type { RestoreInput } from "./procedure.ts";
import { notOneCluster, notSameData, type MemberView } from "./prove.ts";
import { runbookOf } from "./runbook.ts";
import { stackedSwap } from "./stacked-swap.ts";
import { chooseStrategy } from "./strategies.ts";

const manifest = `
apiVersion: v1
kind: Pod
metadata: { name: etcd }
spec:
  containers:
    - name: etcd
      command:
        - etcd
        - --data-dir=/var/lib/etcd
        - --name=cp1
        - --initial-advertise-peer-urls=https://10.0.0.1:2380
      volumeMounts:
        - { name: data, mountPath: /var/lib/etcd }
  volumes:
    - { name: data, hostPath: { path: /var/lib/etcd } }
`;

const input: RestoreInput = { ...clusterInput, snapshot: "/snapshots/etcd.db" };

it("knows from a manifest where a member is and what it is called", () => {
  expect(placeOfManifest("cp1", manifest)).toEqual(places[0]);
});

it.each([
  ["is no pod", "[]"],
  ["has no --name", manifest.replace("--name=cp1", "--other=cp1")],
  [
    "has a data folder that is no plain path",
    manifest.replace("--data-dir=/var/lib/etcd", '"--data-dir=/var/$(x)"'),
  ],
  ["mounts no folder of the machine", manifest.replace("hostPath: { path: /var/lib/etcd }", "emptyDir: {}")],
  ["keeps its data in /data", manifest.replace("path: /var/lib/etcd }", "path: /data }")],
  ["has no single peer URL", manifest.replace("https://10.0.0.1:2380", "https://a:2380,https://b:2380")],
])("refuses a manifest that %s", (why, text) => {
  expect(() => placeOfManifest("cp1", text)).toThrow(why);
});

const environment = `ETCD_NAME=cp1
ETCD_DATA_DIR=/var/lib/etcd
ETCD_INITIAL_ADVERTISE_PEER_URLS=https://10.0.0.1:2380
`;
const services = places.map((each): EtcdPlace => ({ ...each, runtime: "systemd" }));

it("knows the same from the environment of a service", () => {
  expect(placeOfEnvironment("cp1", environment)).toEqual(services[0]);
});

it.each([
  ["has no ETCD_NAME", environment.replace("ETCD_NAME", "NAME")],
  ["has a data folder that is no plain path", environment.replace("/var/lib/etcd", '"/var/lib/etcd"')],
  ["has no single peer URL", environment.replace(":2380", ":2380,https://10.0.0.2:2380")],
])("refuses an environment that %s", (why, text) => {
  expect(() => placeOfEnvironment("cp1", text)).toThrow(why);
});

it.each([stackedSwap, newDirectory])("stops and starts etcd as what it is: $id", (strategy) => {
  const texts = (of: EtcdPlace[]) => JSON.stringify(strategy.plan({ ...input, places: of }));
  expect(texts(places)).not.toContain("systemctl stop etcd");
  expect(texts(places)).toContain("for each in etcd.yaml kube-apiserver.yaml");
  expect(texts(services)).toContain("systemctl stop etcd & wait");
  expect(texts(services)).toContain("systemctl start --no-block etcd");
  expect(texts(services)).not.toContain("etcd.yaml");
});

it("makes one member a new cluster, and lets the others join it one after the other", () => {
  const { stages, wayBack } = forceNewCluster.plan({ ...input, places: services });
  const starts = stages.filter((each) => each.phase === "start");
  expect(starts.map((each) => each.commands.map(({ machine }) => machine))).toEqual([
    ["cp1"],
    ["cp1"],
    ["cp2"],
    ["cp1"],
    ["cp3"],
    ["cp1", "cp2", "cp3"],
  ]);
  const scripts = starts.map(({ commands: [command] }) =>
    command !== undefined && "run" in command ? command.run : "",
  );
  // With that variable a later start would throw the others out again.
  expect(scripts[0]?.lastIndexOf("FORCE_NEW_CLUSTER")).toBeLessThan(
    scripts[0]?.lastIndexOf("systemctl stop etcd") ?? 0,
  );
  expect(scripts[2]).toContain("ETCD_INITIAL_CLUSTER=cp1=https://10.0.0.1:2380,cp2=https://10.0.0.2:2380'");
  expect(scripts[4]).toContain("cp3=https://10.0.0.3:2380'");
  expect(JSON.stringify(stages.filter((each) => each.phase === "prepare"))).not.toContain(
    "--initial-cluster",
  );
  expect(JSON.stringify(wayBack.back)).toContain("old-member");
  expect(JSON.stringify(wayBack.back)).toContain("rm -f /run/systemd/system/etcd.service.d");
});

it("does so only with a service", () => {
  expect(() => chooseStrategy({ ...input, places }, "force-new-cluster")).toThrow("etcd runs in pods");
});

it("restores each member under its own name, into one cluster of all", () => {
  const { stages } = stackedSwap.plan(input);
  const restores = stages
    .flatMap((each) => each.commands)
    .filter((each) => "run" in each && each.run.includes("etcdutl"));
  expect(restores.map((each) => each.machine)).toEqual(["cp1", "cp2", "cp3"]);
  for (const [index, each] of restores.entries()) {
    const text = "run" in each ? each.run : "";
    expect(text).toContain(`--name cp${String(index + 1)} `);
    expect(text).toContain(
      "--initial-cluster cp1=https://10.0.0.1:2380,cp2=https://10.0.0.2:2380,cp3=https://10.0.0.3:2380 ",
    );
    expect(text).toContain("--bump-revision 1000000000 --mark-compacted");
  }
});

it("does without the bump where etcd's tools do not know it", () => {
  expect(JSON.stringify(stackedSwap.plan({ ...input, canBump: false }))).not.toContain("bump-revision");
});

it("touches nothing of the cluster before it stops it, and moves no data before everything is stopped", () => {
  const phases = stackedSwap.plan(input).stages.map((each) => each.phase);
  expect(phases).toEqual([...phases].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
  const moves = stackedSwap
    .plan(input)
    .stages.filter((each) => JSON.stringify(each).includes("mv /var/lib/etcd/member"));
  expect(moves.map((each) => each.phase)).toEqual(["swap"]);
});

it.each([stackedSwap, newDirectory])(
  "leaves nothing on any machine, whichever data is served: $id",
  (strategy) => {
    const { wayBack } = strategy.plan(input);
    expect(wayBack.machines).toEqual(["cp1", "cp2", "cp3", "w1"]);
    expect(wayBack.clean.flatMap((each) => each.commands.map(({ machine }) => machine))).toEqual(
      wayBack.machines,
    );
  },
);

it("never deletes the data that a manifest names", () => {
  const [clean] = newDirectory.plan(input).wayBack.clean;
  expect(clean?.commands[0]?.run).toContain(
    "if grep -qE -- '(--data-dir|ETCD_DATA_DIR)=/var/lib/etcd-restored$' /etc/kubernetes/manifests/etcd.yaml; then rm -rf /var/lib/etcd\n",
  );
  const back = newDirectory.plan({
    ...input,
    places: places.map((each) => ({ ...each, dataDir: "/var/lib/etcd-restored" })),
  });
  expect(JSON.stringify(back.stages)).toContain("--data-dir /var/lib/etcd --bump-revision");
});

const order = ["prepare", "stop", "swap", "start", "serve"];

it("can be read and typed by a person, with the way back", () => {
  const text = runbookOf(stackedSwap.plan(input));
  expect(text).toContain("# on cp1, cp2, cp3, at once");
  expect(text).toContain("scp THE-SNAPSHOT/etcd.db root@cp2:");
  expect(text).toContain("back 1. stop what may run on the restored data");
});

it("refuses a strategy that does not exist", () => {
  expect(() => chooseStrategy(input, "hope")).toThrow("There is no strategy hope.");
  expect(() => chooseStrategy({ ...input, places: [] })).toThrow("no machine has a member of etcd");
});

const members = places.map(({ member, peerUrl }) => `${member}=${peerUrl}`);
const views: MemberView[] = places.map(({ machine }) => ({
  machine,
  cluster: "c1",
  members,
  revision: 10,
  alarms: [],
  led: true,
  hash: "abcd",
  sizeBytes: 1000,
  owner: "root:root 700",
}));
const owners = new Map(places.map(({ machine }) => [machine, "root:root 700"]));
const whatIsWrong = (seen: readonly MemberView[]) => [
  ...notOneCluster(seen, places, owners),
  ...notSameData(seen),
];
const wrongWith = (index: number, change: Partial<MemberView>) =>
  whatIsWrong(views.map((each, at) => (at === index ? { ...each, ...change } : each)));

it("finds nothing wrong with one cluster that has the same data everywhere", () => {
  expect(whatIsWrong(views)).toEqual([]);
});

it("tells three clusters of one from one of three", () => {
  const alone = views.map((each, index) => ({
    ...each,
    cluster: `c${String(index)}`,
    members: ["default=http://localhost:2380"],
  }));
  const wrong = whatIsWrong(alone);
  expect(wrong[0]).toMatch(/^the member on cp1 knows only itself \(default=http:\/\/localhost:2380\)/);
  expect(wrong.at(-1)).toBe("the members have different cluster ids: cp1 c0, cp2 c1, cp3 c2");
});

it.each([
  [{ hash: null }, "no hash was had of the data on cp2"],
  [{ hash: "ffff" }, "different hashes of the same revision"],
  [{ led: false }, "has no leader"],
  [{ alarms: ["memberID:1 alarm:NOSPACE"] }, "has raised memberID:1 alarm:NOSPACE"],
  [{ owner: "nobody:nogroup 755" }, "belongs to nobody:nogroup 755 instead of root:root 700"],
  [{ members: members.slice(0, 2) }, "knows 2 members"],
])("tells %j of one member", (change, why) => {
  expect(wrongWith(1, change).join("; ")).toContain(why);
});

const external: RestoreInput = {
  ...input,
  places: services.map((each, index) => ({ ...each, machine: `etcd${String(index + 1)}` })),
  controlPlanes: ["cp1", "cp2", "cp3"],
  etcd: { ...input.etcd, layout: "external", runtime: "systemd" },
};

it.each([newDirectory, forceNewCluster])(
  "leaves etcd's own machines without a control plane alone but for etcd: $id",
  (strategy) => {
    const { stages, keepOld, wayBack } = strategy.plan(external);
    const all = [...stages, keepOld, ...wayBack.back, ...wayBack.finish, ...wayBack.clean, wayBack.check];
    const on = (name: string) =>
      all
        .flatMap((each) => each.commands)
        .filter((each) => each.machine.startsWith(name))
        .map((each) => ("run" in each ? each.run : ""))
        .join("\n");
    expect(on("etcd")).not.toMatch(/kubelet|crictl|kube-apiserver/);
    expect(on("etcd")).toContain("systemctl stop etcd");
    expect(on("cp")).not.toMatch(/etcdutl|systemctl (stop|start).* etcd|member/);
    expect(on("cp")).toContain("kube-apiserver.yaml");
  },
);

it("stops control planes whose etcd is elsewhere, and goes back only as long as none has served", () => {
  const { stages, wayBack } = newDirectory.plan(external);
  const machines = [...external.places.map((each) => each.machine), ...external.controlPlanes];
  const stop = stages.find((each) => each.phase === "stop");
  expect(stop?.commands.map((each) => each.machine)).toEqual(machines);
  expect(wayBack.begun.map((each) => each.machine)).toEqual(machines);
  expect(wayBack.committed.map((each) => each.machine)).toEqual(machines);
  const serving = stages.filter((each) => each.phase === "serve").slice(0, 2);
  const touched = serving.flatMap((each) => each.commands).map((each) => ("run" in each ? each.run : ""));
  // Each is told by the very file that is looked for.
  expect(touched.filter((each) => each.includes("/committed"))).toHaveLength(machines.length);
  for (const { path } of wayBack.committed)
    expect(touched.some((each) => each.includes(`touch ${path} `))).toBe(true);
  // They are the last to forget it.
  expect(wayBack.clean.at(-1)?.commands.map((each) => each.machine)).toEqual(external.controlPlanes);
});

it("does not swap folders of members that are not on control planes", () => {
  expect(chooseStrategy(external).id).toBe("new-directory");
  expect(() => chooseStrategy(external, "stacked-swap")).toThrow("etcd is not on the control planes");
});

it("asks whether the data that is used belongs to whom it must, not the data of before", () => {
  const [restored] = newDirectory.plan(input).restored;
  expect(restored?.dataDir).toBe(`${input.places[0]?.dataDir ?? ""}-restored`);
  expect(stackedSwap.plan(input).restored).toEqual(input.places);
});
