// Scripts for control planes that run as static pods of the kubelet, as kubeadm makes them, with etcd among them or as a
// service beside them: stopped at once, started in the order in which each needs the other. They are meant to be read, and
// to be typed by a person as well.
import { askMember } from "../etcd-tools.ts";
import type { WayBack } from "../../safety/way-back.ts";
import type { Command, Stage } from "../../shell/stages.ts";
import { manifestsDir, type EtcdPlace } from "./places.ts";
import type { PhasedStage, ClusterInput } from "./procedure.ts";

/** What the kubelet runs there. */
function componentsOf({ runtime }: EtcdPlace): string[] {
  return [
    ...(runtime === "pod" ? ["etcd"] : []),
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
  ];
}

/** Between asking a container to stop and killing it; what is on etcd's disk is safe either way. */
const graceSeconds = 3;

/** After that they are not going to end. */
const stopLimitSeconds = 30;
/** Between two looks. */
const lookSeconds = 0.2;

export function unlessMembers({ places }: Pick<ClusterInput, "places">): string | null {
  return places.length === 0 ? "no control plane has a member of etcd" : null;
}

export function everyMember(places: readonly EtcdPlace[], scriptOf: (place: EtcdPlace) => string): Command[] {
  return places.map((place) => ({ machine: place.machine, run: scriptOf(place) }));
}

/** Where manifests are while nothing of them may run; on the same file system, so that a move is whole or not at all. */
export function asideOf({ id }: Pick<ClusterInput, "id">): string {
  return `/etc/kubernetes/kubedrill-restore-${id}`;
}

/** @param readyOf what everything is stopped for: without it nothing is, because the restore may have been given up */
export function stopStage(input: ClusterInput, readyOf: (place: EtcdPlace) => string): PhasedStage {
  return {
    phase: "stop",
    title: "stop the kubelets and everything of the control planes, and wait until nobody uses etcd's data",
    limitMs: 60_000,
    commands: everyMember(input.places, (place) => `test -d ${readyOf(place)}\n${stopScript(input, place)}`),
  };
}

/**
 * Without its kubelet nothing is started again; without its manifest not even after a reboot. bbolt keeps a lock on its
 * file as long as a process has it open (bbolt, `flock`), whichever runtime started that process.
 */
export function stopScript(input: Pick<ClusterInput, "id">, place: EtcdPlace): string {
  const { dataDir, runtime } = place;
  const aside = asideOf(input);
  // Not there: the old one was set aside, and no etcd has made another yet.
  const db = `${dataDir}/member/snap/db`;
  const all = componentsOf(place)
    .map((each) => `${each}.yaml`)
    .join(" ");
  const service = runtime === "systemd" ? "systemctl stop etcd & " : "";
  return `mkdir -p ${aside}
systemctl stop kubelet
for each in ${all}; do if [ -e ${manifestsDir}/$each ]; then mv ${manifestsDir}/$each ${aside}/; fi; done
containers() { for pod in $(crictl pods -q --namespace kube-system --label tier=control-plane); do crictl ps -q --pod $pod; done; }
for each in $(containers); do crictl stop -t ${String(graceSeconds)} $each >/dev/null & done; ${service}wait
end=$(($(date +%s) + ${String(stopLimitSeconds)}))
until [ -z "$(containers)" ] && { [ ! -e ${db} ] || flock -n -x ${db} true; }; do
  if [ "$(date +%s)" -ge "$end" ]; then echo "${dataDir} or a container of the control plane is still in use" >&2; exit 1; fi
  sleep ${String(lookSeconds)}
done`;
}

/** The folder of a restore beside a member's data. */
export type FolderOf = (place: EtcdPlace) => string;

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
    commands: everyMember(
      input.places,
      ({ runtime }) => `${
        runtime === "pod" ? `mv ${aside}/etcd.yaml ${manifestsDir}/` : startService
      } && systemctl start kubelet
${waitFor(etcdServes(input), 120, "etcd does not serve")}`,
    ),
  };
}

/** When etcd serves what was proven: the API servers, then those that need an API. */
export function serveStages(input: ClusterInput, folderOf: FolderOf): PhasedStage[] {
  const { places } = input;
  const aside = asideOf(input);
  return [
    {
      phase: "serve",
      title:
        "start the API servers, and wait until each is ready; the restored data is what counts from then on",
      limitMs: 130_000,
      commands: everyMember(
        places,
        (place) => `mv ${aside}/kube-apiserver.yaml ${manifestsDir}/
${apiServes(input)}
touch ${folderOf(place)}/committed && sync ${folderOf(place)}`,
      ),
    },
    {
      phase: "serve",
      title: "start controller-managers and schedulers",
      limitMs: 30_000,
      commands: everyMember(
        places,
        () => `mv ${aside}/kube-controller-manager.yaml ${aside}/kube-scheduler.yaml ${manifestsDir}/`,
      ),
    },
    { phase: "serve", ...restartOthers(input) },
  ];
}

/** Waits for the machine's own API server. */
export function apiServes({ apiPort }: Pick<ClusterInput, "apiPort">): string {
  const pki = "/etc/kubernetes/pki";
  const api = `curl -sf -m 5 --cacert ${pki}/ca.crt --cert ${pki}/apiserver-kubelet-client.crt --key ${pki}/apiserver-kubelet-client.key https://127.0.0.1:${String(apiPort)}/readyz`;
  return waitFor(`${api} >/dev/null`, 120, "the API server is not ready");
}

/** Its environment may be another one now. It is waited for by what it says of itself. */
export const startService = "systemctl daemon-reload && systemctl start --no-block etcd";

/** @param own what is particular to a strategy: how the old data gets its place again, and what is left to take away */
export function wayBackOf(
  input: ClusterInput,
  folderOf: FolderOf,
  own: { back: Stage[]; clean: Stage },
): WayBack {
  const { places, lost, others } = input;
  return {
    machines: [...[...places, ...lost].map((each) => each.machine), ...others],
    begun: places.map(({ machine }) => ({ machine, path: asideOf(input) })),
    committed: places.map((place) => ({ machine: place.machine, path: `${folderOf(place)}/committed` })),
    back: own.back,
    finish: finishStages(input),
    clean: [own.clean],
    check: checkStage(input, folderOf),
  };
}

/** What is still aside is put back, and every kubelet runs. */
function finishStages(input: ClusterInput): Stage[] {
  const aside = asideOf(input);
  return [
    {
      title: "put the manifests back and start the kubelets",
      limitMs: 30_000,
      commands: everyMember(
        input.places,
        ({ runtime }) => `if [ -d ${aside} ]; then
  ${runtime === "systemd" ? startService : ":"}
  moved=no
  for each in ${aside}/*.yaml; do if [ -e "$each" ]; then mv "$each" ${manifestsDir}/; moved=yes; fi; done
  if [ $moved = yes ]; then systemctl restart kubelet; else systemctl start kubelet; fi
fi`,
      ),
    },
    restartOthers(input),
  ];
}

/** They hold what the API told them before. Containers run on meanwhile. Once is enough. */
function restartOthers({ id, others }: ClusterInput): Stage {
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

/** On a machine without a member: its kubelet was restarted. */
function asked({ id }: Pick<ClusterInput, "id">): string {
  return `/run/kubedrill-restore-${id}`;
}

export function forgetAsking(input: ClusterInput): Command[] {
  return input.others.map((machine) => ({ machine, run: `rm -f ${asked(input)}` }));
}

export function cleanStage(input: ClusterInput, folderOf: FolderOf): Stage {
  return {
    title: "take away what the restore has made",
    limitMs: 60_000,
    commands: [
      ...everyMember(
        input.places,
        (place) => `if [ -d ${asideOf(input)} ]; then rmdir ${asideOf(input)}; fi; rm -rf ${folderOf(place)}`,
      ),
      ...forgetAsking(input),
    ],
  };
}

function checkStage(input: ClusterInput, folderOf: FolderOf): Stage {
  return {
    title: "see that nothing is left of it, and that etcd serves",
    limitMs: 130_000,
    commands: everyMember(
      input.places,
      (
        place,
      ) => `for each in ${folderOf(place)} ${asideOf(input)}; do if [ -e $each ]; then echo "there is still $each"; fi; done
for each in ${componentsOf(place).join(" ")}; do if [ ! -e ${manifestsDir}/$each.yaml ]; then echo "there is no ${manifestsDir}/$each.yaml"; fi; done
systemctl is-active --quiet kubelet || echo "the kubelet does not run"
for i in $(seq 300); do if ${etcdServes(input)}; then exit 0; fi; sleep ${String(lookSeconds)}; done
echo "etcd does not serve"`,
    ),
  };
}

/** A member that has no quorum says of itself that it is not healthy. */
export function etcdServes({ etcd }: Pick<ClusterInput, "etcd">): string {
  return `${askMember(etcd, "/health", null, 2)} | grep -q '"true"'`;
}

export function waitFor(condition: string, seconds: number, complaint: string): string {
  return `end=$(($(date +%s) + ${String(seconds)}))
until ${condition}; do
  if [ "$(date +%s)" -ge "$end" ]; then echo "${complaint}" >&2; exit 1; fi
  sleep ${String(lookSeconds)}
done`;
}
