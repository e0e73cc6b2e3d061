import { expect, it } from "vitest";
import { parse } from "yaml";
import { execa } from "execa";
import { mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clusterInput, places } from "../testing/cluster-input.ts";
import { joinAsPod } from "./join-member.ts";
import type { ClusterInput } from "./procedure.ts";
import { rejoining } from "./rejoin.ts";
import { survivorPlan } from "./survivor.ts";

const [left, ...lost] = places;
if (left === undefined) throw new Error("nobody is left");

const input: ClusterInput = { ...clusterInput, places: [left], lost, controlPlanes: [left.machine] };

it("touches only who is left, and takes the data when nobody uses it", () => {
  const { stages, wayBack } = survivorPlan(input);
  const machines = new Set(
    stages.flatMap((each) => each.commands.map(({ machine }) => machine)).filter((each) => each !== "w1"),
  );
  expect([...machines]).toEqual(["cp1"]);
  const swap = JSON.stringify(stages.filter((each) => each.phase === "swap"));
  expect(swap).toContain("cp /var/lib/etcd/member/snap/db");
  expect(swap).toContain("--initial-cluster cp1=https://10.0.0.1:2380 ");
  expect(swap).toContain("--skip-hash-check");
  // Whoever powers lost machines on waits until this is undone.
  expect(wayBack.machines).toEqual(["cp1", "cp2", "cp3", "w1"]);
});

it("lets each that comes back join those that are there, after its old data is set aside", () => {
  const [second, third] = rejoining(input);
  expect([second?.machine, third?.machine]).toEqual(["cp2", "cp3"]);
  const texts = (of: typeof second) => (of?.stages ?? []).map((each) => each.commands[0]?.run ?? "");
  expect(texts(second)[0]).toContain("mv /var/lib/etcd/member");
  expect(texts(second)[1]).toContain("member add cp2 --peer-urls=https://10.0.0.2:2380 --learner");
  expect(texts(second)[2]).toContain(
    "--initial-cluster\\)=.*|\\1=cp1=https://10.0.0.1:2380,cp2=https://10.0.0.2:2380\\n",
  );
  expect(texts(third)[2]).toContain("cp3=https://10.0.0.3:2380\\n");
  const asService = rejoining({ ...input, lost: lost.map((each) => ({ ...each, runtime: "systemd" })) });
  expect(texts(asService[0])[2]).toContain("ETCD_INITIAL_CLUSTER_STATE=existing");
  expect(texts(asService[0])[4]).toContain("rm -f /run/systemd/system/etcd.service.d");
});

it.each([[""], ["\n        - --initial-cluster-state=new"]])(
  "gives the manifest the names of all, and says that the cluster is there (before:%j)",
  async (state) => {
    const folder = await mkdtemp(join(tmpdir(), "kubedrill-join-"));
    try {
      const aside = join(folder, "etc", "kubernetes", "kubedrill-restore-abc");
      await mkdir(aside, { recursive: true });
      await mkdir(join(folder, "etc", "kubernetes", "manifests"));
      await writeFile(
        join(aside, "etcd.yaml"),
        `spec:
  containers:
    - command:
        - etcd
        - --initial-cluster=cp2=https://10.0.0.2:2380${state}
        - --name=cp2
`,
      );
      const script = joinAsPod(input, [left, ...lost])
        .replaceAll("/etc/kubernetes", join(folder, "etc", "kubernetes"))
        .replace("systemctl start kubelet", ":");
      await execa("sh", ["-euc", script]);
      await execa("sh", ["-euc", script]);
      const made = parse(
        await readFile(join(folder, "etc", "kubernetes", "manifests", "etcd.yaml"), "utf8"),
      ) as { spec: { containers: { command: string[] }[] } };
      expect(made.spec.containers[0]?.command).toEqual([
        "etcd",
        "--initial-cluster=cp1=https://10.0.0.1:2380,cp2=https://10.0.0.2:2380,cp3=https://10.0.0.3:2380",
        "--initial-cluster-state=existing",
        "--name=cp2",
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
