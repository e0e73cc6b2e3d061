// Who is where right now: nodes, etcd members and leader, VIP holder, leases.
import { inconclusiveError, messageOf } from "../base/errors.ts";
import type { V1Node } from "@kubernetes/client-node";
import { listAll } from "../kube/list-pages.ts";
import { readEtcd } from "./etcd-members.ts";
import { canRenew } from "../machines/renew.ts";
import type { Topology } from "./facts.ts";
import { readIngressController } from "./ingress-controller.ts";
import { readSnapshotWays } from "./snapshot-ways.ts";
import { readVelero } from "./velero.ts";
import type { Machine, World } from "./world.ts";

/** @throws KubedrillError (inconclusive) when the API, a node or etcd does not answer */
export async function readTopology(world: World): Promise<Topology> {
  const { file } = world;
  const [
    clusterUid,
    version,
    machines,
    etcd,
    holder,
    controllerManager,
    scheduler,
    ingress,
    snapshotWays,
    velero,
  ] = await Promise.all([
    readClusterUid(world),
    readVersion(world),
    readMachines(world),
    readEtcd(file, world.etcdMachines),
    readHolder(world),
    leaseHolder(world, "kube-controller-manager"),
    leaseHolder(world, "kube-scheduler"),
    readIngress(world),
    readSnapshotWays(world),
    readVelero(world),
  ]);
  const { vip } = file.api;
  return {
    clusterUid,
    kubernetesVersion: version,
    etcdVersion: etcd.version,
    machines,
    etcd: {
      layout: file.etcd.layout,
      runtime: file.etcd.runtime,
      members: etcd.members,
      leader: etcd.leader,
    },
    vip: vip === undefined ? null : { ...vip, holder },
    leases: { controllerManager, scheduler },
    ingress,
    renewable: canRenew(file),
    snapshotWays,
    velero,
  };
}

async function readIngress(world: World): Promise<Topology["ingress"]> {
  const { ingress } = world.file;
  if (ingress === undefined) return null;
  const workers = world.machines.filter((each) => each.role === "worker").map((each) => each.name);
  const found = { machines: ingress.machines ?? workers, httpPort: ingress.httpPort };
  const controller = await readIngressController(world, found);
  return { ...found, ...(controller === undefined ? {} : { controller }) };
}

/** The UID of the kube-system namespace: what "the same cluster" means. */
export async function readClusterUid(world: World): Promise<string> {
  const namespace = await world.kube.main.core.readNamespace({ name: "kube-system" });
  return namespace.metadata?.uid ?? "";
}

async function readVersion(world: World): Promise<string> {
  const answer = await world.kube.main.raw("GET", "/version", { timeoutMs: 10_000 });
  const known =
    typeof answer === "object" && answer !== null && "gitVersion" in answer ? answer.gitVersion : undefined;
  return typeof known === "string" ? known : "unknown";
}

async function readMachines(world: World): Promise<Topology["machines"]> {
  const nodes = await listAll(world.kube.main, "/api/v1/nodes", {}, ({ metadata, status }) => ({
    name: metadata.name,
    info: (status as V1Node["status"])?.nodeInfo,
  }));
  return world.machines.map((machine) => {
    const info = nodes.find((each) => each.name === machine.node)?.info;
    if (info === undefined)
      throw inconclusiveError(`The cluster has no node ${machine.node} for the machine ${machine.name}.`, {
        hint: "set `node` of that machine in the lab file, or join it",
      });
    return {
      name: machine.name,
      role: machine.role,
      address: machine.address,
      node: machine.node,
      kubeletVersion: info.kubeletVersion,
      containerRuntime: info.containerRuntimeVersion,
      os: info.osImage,
    };
  });
}

/** The machine that has the VIP; null for none; several are joined by "+". */
async function readHolder(world: World): Promise<string | null> {
  const { vip } = world.file.api;
  if (vip === undefined) return null;
  const holds = async (machine: Machine) => {
    const { stdout } = await machine.shell.run(`ip -o -4 addr show to ${vip.address}`, { timeoutMs: 8000 });
    return stdout.trim() === "" ? [] : [machine.name];
  };
  try {
    const holders = (await Promise.all(world.machines.map(holds))).flat();
    return holders.length === 0 ? null : holders.join("+");
  } catch (error) {
    throw inconclusiveError(`A machine could not be asked for the VIP: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** Holder identities are "<node>_<uuid>". */
async function leaseHolder(world: World, name: string): Promise<string | null> {
  const lease = await world.kube.main.coordination.readNamespacedLease({ name, namespace: "kube-system" });
  const node = lease.spec?.holderIdentity?.split("_")[0];
  return world.machines.find((each) => each.node === node)?.name ?? null;
}
