// Every control plane's disk is gone. Other machines stand in their places, with an operating system, a container runtime
// and a kubelet, and nothing else: they get the configuration that was kept with the snapshot, and its data. Workers are
// as they were, and their pods run on. Source: Kubernetes documentation, "Operating etcd clusters for Kubernetes",
// "Restoring an etcd cluster", and "PKI certificates and requirements": with the same authorities and keys it is the same
// cluster.
import { asideOf } from "./marks.ts";
import { serveStages, startStage, stopScript } from "./static-pods.ts";
import { apiServes, etcdServes } from "./waits.ts";
import { forgetAsking, wayBackOf } from "./way-back.ts";
import { everyMember, hostOf } from "./hosts.ts";
import { restoreFolder } from "./member-folders.ts";
import { manifestsDir, type EtcdPlace } from "./places.ts";
import type { PhasedStage, Procedure, RestoreInput } from "./procedure.ts";
import { restoreLimitMs, restoreScript } from "./restore-data.ts";

export const bareMachinesId = "bare-machines";
export const bareMachinesTitle =
  "control planes with nothing on them: each gets its configuration and its data from the snapshot";

export interface BareInput extends RestoreInput {
  /** What was kept of each machine, on this host, by its name. */
  archives: ReadonlyMap<string, string>;
}

export function bareMachinesPlan(input: BareInput): Procedure {
  const { places } = input;
  const folderOf = (place: EtcdPlace) => restoreFolder(input, place);
  return {
    stages: [
      {
        phase: "prepare",
        title: "make a folder for the restore",
        limitMs: 20_000,
        commands: everyMember(places, (place) => `umask 077; mkdir -p ${folderOf(place)}`),
      },
      ...sending(input, folderOf),
      {
        phase: "stop",
        title: "stop the kubelets, which have nothing to run yet",
        limitMs: 60_000,
        commands: everyMember(places, () => `systemctl stop kubelet; mkdir -p ${asideOf(input)}`),
      },
      {
        phase: "swap",
        title: "unpack the configuration, with the manifests aside, and restore the data",
        limitMs: restoreLimitMs,
        commands: everyMember(places, (place) => unpack(input, place, folderOf(place))),
      },
      startStage(input),
      balancers(input),
      ...serveStages(input, folderOf),
    ],
    keepOld: {
      phase: "serve",
      title: "take away what the restore has made",
      limitMs: 60_000,
      commands: [
        ...everyMember(places, (place) => `rmdir ${asideOf(input)}; rm -rf ${folderOf(place)}`),
        ...forgetAsking(input),
      ],
    },
    restored: places,
    // There was nothing.
    kept: [],
    wayBack: wayBack(input, folderOf),
  };
}

function sending(input: BareInput, folderOf: (place: EtcdPlace) => string): PhasedStage[] {
  const stage = (title: string, fileOf: (machine: string) => string, to: string): PhasedStage => ({
    phase: "prepare",
    title,
    limitMs: restoreLimitMs,
    commands: input.places.map((place) => ({
      machine: place.machine,
      send: fileOf(place.machine),
      to: `${folderOf(place)}/${to}`,
    })),
  });
  return [
    stage(
      "bring each machine its own configuration",
      (machine) => input.archives.get(machine) ?? "",
      "configuration.tar.gz",
    ),
    stage("bring the snapshot to every machine", () => input.snapshot, "snapshot.db"),
  ];
}

/**
 * An engine or a provider may hold /etc/hosts in place, so files are written over and not made anew. A container runtime
 * reads its configuration when it starts; nothing that counts runs on it yet.
 */
function unpack(input: BareInput, place: EtcdPlace, folder: string): string {
  const aside = asideOf(input);
  const archive = `${folder}/configuration.tar.gz`;
  const manifests = manifestsDir.slice(1);
  return `tar -xzf ${archive} -C / --overwrite --exclude='${manifests}' --exclude='etc/kubernetes/kubedrill-*'
tar -xzf ${archive} -C ${aside} --strip-components=3 ${manifests}
mkdir -p ${manifestsDir}
systemctl daemon-reload
systemctl restart containerd
until crictl version >/dev/null 2>&1; do sleep 0.2; done
crictl inspecti "$(etcd_image)" >/dev/null 2>&1 || crictl pull "$(etcd_image)"
${restoreScript(input, place, { folder, dataDir: `${folder}/restored` }, [], "new")}
mv ${folder}/restored/member ${place.dataDir}/member && sync ${place.dataDir}`;
}

/** Before the API servers, so that they are found as soon as they serve. */
function balancers(input: BareInput): PhasedStage {
  return {
    phase: "start",
    title:
      "start what stands in front of the API servers, where there is any, and have all of it start at boot",
    limitMs: 60_000,
    commands: everyMember(
      input.places,
      () => `systemctl enable --quiet kubelet 2>/dev/null
for each in haproxy keepalived; do
  if [ -d /etc/$each ] && systemctl cat $each >/dev/null 2>&1; then
    systemctl enable --quiet $each 2>/dev/null; systemctl restart $each
  fi
done`,
    ),
  };
}

/** Back to machines without a control plane; their configuration stays, which nobody runs. */
function wayBack(input: BareInput, folderOf: (place: EtcdPlace) => string): Procedure["wayBack"] {
  const { places } = input;
  const aside = asideOf(input);
  return {
    ...wayBackOf(input, folderOf, {
      back: [
        {
          title: "stop what may run on the restored data, and take that away",
          limitMs: 60_000,
          commands: everyMember(
            places,
            (place) => `if [ -d ${aside} ]; then
${stopScript(input, hostOf(input, place))}
rm -rf ${place.dataDir}/member ${aside}/*.yaml
fi`,
          ),
        },
      ],
      clean: {
        title: "take away what the restore has made",
        limitMs: 60_000,
        commands: [
          ...everyMember(
            places,
            (place) => `if [ -d ${aside} ]; then rmdir ${aside}; fi; rm -rf ${folderOf(place)}`,
          ),
          ...forgetAsking(input),
        ],
      },
    }),
    check: {
      title: "see that nothing is left of it, and that what is there serves",
      limitMs: 130_000,
      commands: everyMember(
        places,
        (
          place,
        ) => `for each in ${folderOf(place)} ${aside}; do if [ -e $each ]; then echo "there is still $each"; fi; done
if [ -e ${manifestsDir}/kube-apiserver.yaml ]; then
  ${etcdServes(input)} || sleep 10; ${etcdServes(input)} || echo "etcd does not serve"
  (${apiServes(input)}) 2>&1
fi`,
      ),
    },
  };
}
