// Things that must be the same before a fault and after recovery, read once each time.
import type { FactEvent } from "../timeline/events.ts";
import { until } from "../base/until.ts";
import type { V1Deployment } from "@kubernetes/client-node";
import { listAll, type KubeObject } from "../kube/list-pages.ts";
import { readTopology } from "../lab/discover.ts";
import type { Topology } from "../lab/facts.ts";
import type { Session } from "./session.ts";

/** Records `<when>.cluster-uid`, `.etcd-members` ("name=id"), `.nodes`, `.deployments` ("namespace/name=replicas"). */
export async function takeFacts(session: Session, drill: string, when: "before" | "after"): Promise<void> {
  const { world, recorder, signal } = session;
  const fact = (name: string, value: FactEvent["value"]) => {
    recorder.record({ type: "fact", drill, name: `${when}.${name}`, value });
  };
  const topology = await currentTopology(session);
  fact("cluster-uid", topology.clusterUid);
  fact("etcd-members", topology.etcd.members.map((each) => `${each.name}=${each.id}`).sort());
  fact("vip-holder", topology.vip?.holder ?? null);
  fact("etcd-leader", topology.etcd.leader);
  const list = <T>(path: string, pick: (object: KubeObject) => T) =>
    until(() => listAll(world.kube.main, path, {}, pick), {
      what: "the API to list objects",
      timeoutMs: 30_000,
      intervalMs: 500,
      signal,
    });
  const nodes = await list("/api/v1/nodes", ({ metadata }) => metadata.name);
  fact("nodes", nodes.sort());
  const deployments = await list("/apis/apps/v1/deployments", ({ metadata, spec }) => ({
    name: metadata.name,
    text: `${metadata.namespace ?? ""}/${metadata.name}=${String((spec as V1Deployment["spec"])?.replicas ?? 1)}`,
  }));
  const kept = deployments.filter(({ name }) => !name.startsWith("canary-"));
  fact("deployments", kept.map(({ text }) => text).sort());
}

/** The layout as it is now; a connection that is cut by the VIP's move is no reason to give up. */
export async function currentTopology({ world, signal }: Session): Promise<Topology> {
  return until(() => readTopology(world), {
    what: "the lab's layout",
    timeoutMs: 30_000,
    intervalMs: 500,
    signal,
  });
}
