// How a member without data joins a cluster that is there: it is taken in by those that are, then started with the names
// of all. Source: etcd documentation, "Runtime reconfiguration", "Add a new member", "Learner".
import { manifestsDir, type EtcdPlace } from "./places.ts";
import type { ClusterInput } from "./procedure.ts";
import { asideOf } from "./marks.ts";
import { startService } from "./static-pods.ts";
import { waitFor } from "./waits.ts";

/** A member is only taken in when those that are there have been connected for 5 s (etcd `HealthInterval`). */
export const addSeconds = 40;
/** For a member to catch up. */
const promoteSeconds = 120;

export function initialCluster(places: readonly EtcdPlace[]): string {
  return places.map(({ member, peerUrl }) => `${member}=${peerUrl}`).join(",");
}

/** A script for a machine whose member serves. @param as a learner has no vote, so that nothing waits for it */
export function takeIn({ member, peerUrl }: EtcdPlace, as: "member" | "learner"): string {
  const known = `etcdctl member list | grep -qF ' ${peerUrl},'`;
  const add = `etcdctl member add ${member} --peer-urls=${peerUrl}${as === "learner" ? " --learner" : ""} >/dev/null 2>&1`;
  return waitFor(as === "learner" ? `${known} || ${add}` : add, addSeconds, `${member} is not taken in`);
}

/** A script for a machine whose member serves: the learner gets its vote as soon as it has caught up. */
export function promote({ member, peerUrl }: EtcdPlace): string {
  const line = `etcdctl member list | grep -F ' ${peerUrl},'`;
  return waitFor(
    `${line} | grep -q 'false$' || etcdctl member promote "$(${line} | cut -d, -f1)" >/dev/null 2>&1`,
    promoteSeconds,
    `${member} has not caught up`,
  );
}

/** Variables for one start. Gone after a boot: with them a member would throw its peers out again. */
const dropIn = "/run/systemd/system/etcd.service.d/kubedrill-restore.conf";
const variables = "/run/kubedrill-restore-etcd.env";

export const forgetVariables = `rm -f ${dropIn} ${variables}; systemctl daemon-reload`;

/** What is set last counts. */
export function withVariables(of: Record<string, string>): string {
  const lines = Object.entries(of).map(([name, value]) => `ETCD_${name}=${value}`);
  return `mkdir -p ${dropIn.slice(0, dropIn.lastIndexOf("/"))}
printf '%s\\n' ${lines.map((each) => `'${each}'`).join(" ")} > ${variables}
printf '[Service]\\nEnvironmentFile=%s\\n' ${variables} > ${dropIn}`;
}

/** The variables are to be forgotten when it serves. @param cluster the members that are there then, the new one last */
export function joinAsService(cluster: readonly EtcdPlace[]): string {
  return `${withVariables({ INITIAL_CLUSTER: initialCluster(cluster), INITIAL_CLUSTER_STATE: "existing" })}
${startService}`;
}

/**
 * The manifest names the cluster for good, as kubeadm leaves it on a control plane that has joined; it counts only as long
 * as there is no data. @param cluster the members that are there then, the new one last
 */
export function joinAsPod(input: Pick<ClusterInput, "id">, cluster: readonly EtcdPlace[]): string {
  const manifest = `${asideOf(input)}/etcd.yaml`;
  return `if [ -e ${manifest} ]; then
  sed -i -e '/--initial-cluster-state=/d' -e 's|^\\( *- --initial-cluster\\)=.*|\\1=${initialCluster(cluster)}\\n\\1-state=existing|' ${manifest}
  mv ${manifest} ${manifestsDir}/
fi
systemctl start kubelet`;
}
