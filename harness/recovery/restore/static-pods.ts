// Scripts for control planes that run as static pods of the kubelet, as kubeadm makes them, with etcd among them or as a
// service beside them: stopped at once, started in the order in which each needs the other. They are meant to be read, and
// to be typed by a person as well.
import type { Command, Stage } from "../../shell/stages.ts";
import { everyHost, hasKubelet, hostsOf, staticPodsOf, withoutMember, type Host } from "./hosts.ts";
import { asideOf, standingBy, type FolderOf, committedOf, asked } from "./marks.ts";
import { manifestsDir, type EtcdPlace } from "./places.ts";
import type { PhasedStage, ClusterInput } from "./procedure.ts";
import { lookSeconds, apiServes, etcdServes, waitFor } from "./waits.ts";

/** Between asking a container to stop and killing it; what is on etcd's disk is safe either way. */
const graceSeconds = 3;

/** After that they are not going to end. */
const stopLimitSeconds = 30;

export function unlessMembers({ places }: Pick<ClusterInput, "places">): string | null {
  return places.length === 0 ? "no machine has a member of etcd" : null;
}

/** @param readyOf what everything is stopped for: without it nothing is, because the restore may have been given up */
export function stopStage(input: ClusterInput, readyOf: (place: EtcdPlace) => string): PhasedStage {
  return {
    phase: "stop",
    title: "stop the kubelets and everything of the control planes, and wait until nobody uses etcd's data",
    limitMs: 60_000,
    commands: everyHost(
      hostsOf(input),
      (host) =>
        `test -d ${host.place === null ? standingBy(input) : readyOf(host.place)}\n${stopScript(input, host)}`,
    ),
  };
}

/** Control planes without a member have nothing to prepare; they learn that there is a restore. */
export function standByStages(input: ClusterInput): PhasedStage[] {
  const commands = everyHost(withoutMember(input), () => `mkdir -p ${standingBy(input)}`);
  if (commands.length === 0) return [];
  return [
    {
      phase: "prepare",
      title: "let the control planes without a member stand by",
      limitMs: 20_000,
      commands,
    },
  ];
}

/**
 * Without its kubelet nothing is started again; without its manifest not even after a reboot. bbolt keeps a lock on its
 * file as long as a process has it open (bbolt, `flock`), whichever runtime started that process.
 */
export function stopScript(input: Pick<ClusterInput, "id">, host: Host): string {
  const { place } = host;
  const aside = asideOf(input);
  const pods = hasKubelet(host);
  // Not there: the old one was set aside, and no etcd has made another yet.
  const db = `${place?.dataDir ?? ""}/member/snap/db`;
  const service = place?.runtime === "systemd" ? "systemctl stop etcd & " : "";
  const over = [
    ...(pods ? ['[ -z "$(containers)" ]'] : []),
    ...(place === null ? [] : [`{ [ ! -e ${db} ] || flock -n -x ${db} true; }`]),
  ].join(" && ");
  const used = [
    ...(place === null ? [] : [place.dataDir]),
    ...(pods ? ["a container of the control plane"] : []),
  ].join(" or ");
  return `mkdir -p ${aside}
${pods ? setPodsAside(aside, staticPodsOf(host)) : ""}${service}wait
end=$(($(date +%s) + ${String(stopLimitSeconds)}))
until ${over}; do
  if [ "$(date +%s)" -ge "$end" ]; then echo "${used} is still in use" >&2; exit 1; fi
  sleep ${String(lookSeconds)}
done`;
}

/** Ends in the middle of a line: more may be stopped at the same time. */
function setPodsAside(aside: string, names: readonly string[]): string {
  const all = names.map((each) => `${each}.yaml`).join(" ");
  return `systemctl stop kubelet
for each in ${all}; do if [ -e ${manifestsDir}/$each ]; then mv ${manifestsDir}/$each ${aside}/; fi; done
containers() { for pod in $(crictl pods -q --namespace kube-system --label tier=control-plane); do crictl ps -q --pod $pod; done; }
for each in $(containers); do crictl stop -t ${String(graceSeconds)} $each >/dev/null & done; `;
}

/**
 * etcd first; then, when its data is proven, the API servers, which would exit without it and be held back; then those
 * that need an API.
 */
export function startStage(input: ClusterInput): PhasedStage {
  const aside = asideOf(input);
  return {
    phase: "start",
    title: "start etcd on every machine, and wait until each member serves",
    limitMs: 130_000,
    commands: everyHost(hostsOf(input), (host) =>
      host.place === null
        ? startKubelet
        : `${host.place.runtime === "pod" ? `mv ${aside}/etcd.yaml ${manifestsDir}/` : startService}${hasKubelet(host) ? ` && ${startKubelet}` : ""}
${waitFor(etcdServes(input), 120, "etcd does not serve")}`,
    ),
  };
}

/** When etcd serves what was proven: the API servers, then those that need an API. */
export function serveStages(input: ClusterInput, folderOf: FolderOf): PhasedStage[] {
  const aside = asideOf(input);
  const hosts = hostsOf(input);
  const serving = hosts.filter((each) => each.controlPlane);
  const commit = (host: Host) => {
    const path = committedOf(input, folderOf, host);
    return `touch ${path} && sync ${path.slice(0, path.lastIndexOf("/"))}`;
  };
  const others = everyHost(
    hosts.filter((each) => !each.controlPlane),
    commit,
  );
  return [
    {
      phase: "serve",
      title:
        "start the API servers, and wait until each is ready; the restored data is what counts from then on",
      limitMs: 130_000,
      commands: everyHost(
        serving,
        (host) => `mv ${aside}/kube-apiserver.yaml ${manifestsDir}/
${apiServes(input)}
${commit(host)}`,
      ),
    },
    ...(others.length === 0
      ? []
      : [
          {
            phase: "serve" as const,
            title: "let etcd's machines know that the restored data is what counts",
            limitMs: 20_000,
            commands: others,
          },
        ]),
    {
      phase: "serve",
      title: "start controller-managers and schedulers",
      limitMs: 30_000,
      commands: everyHost(
        serving,
        () => `mv ${aside}/kube-controller-manager.yaml ${aside}/kube-scheduler.yaml ${manifestsDir}/`,
      ),
    },
    { phase: "serve", ...restartOthers(input) },
  ];
}

/** Its environment may be another one now. It is waited for by what it says of itself. */
export const startService = "systemctl daemon-reload && systemctl start --no-block etcd";

const startKubelet = "systemctl start kubelet";

/** Where there is something for them to run. */
export function startKubelets(input: ClusterInput): Command[] {
  return everyHost(hostsOf(input).filter(hasKubelet), () => startKubelet);
}

/** They hold what the API told them before. Containers run on meanwhile. Once is enough. */
export function restartOthers({ id, others }: ClusterInput): Stage {
  const done = asked({ id });
  return {
    title: "let the other machines' kubelets ask anew",
    limitMs: 30_000,
    commands: others.map((machine) => ({
      machine,
      run: `if [ ! -e ${done} ]; then systemctl restart kubelet && touch ${done}; fi`,
    })),
  };
}
