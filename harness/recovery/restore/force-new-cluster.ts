// etcd as a service, as kubespray has it: the snapshot is restored on one machine alone, whose member is made a cluster of
// its own; the others lose their data and join it one after the other. Takes longer than restoring every member at once,
// but needs the snapshot on one machine only. Source: etcd documentation, "Disaster recovery" and "Runtime
// reconfiguration"; kubespray, `recover-control-plane.yml`.
import type { Stage } from "../../shell/stages.ts";
import { addSeconds, forgetVariables, joinAsService, takeIn, withVariables } from "./join-member.ts";
import { afterwards, restoreFolder, setAside, swapIn } from "./member-folders.ts";
import type { EtcdPlace } from "./places.ts";
import type { PhasedStage, Procedure, RestoreInput, Strategy } from "./procedure.ts";
import { restoreAlone } from "./restore-data.ts";
import { everyMember } from "./hosts.ts";
import { serveStages, startKubelets, startService, stopStage, unlessMembers } from "./static-pods.ts";
import { etcdServes, waitFor } from "./waits.ts";

export const forceNewCluster: Strategy = {
  id: "force-new-cluster",
  title: "etcd as a service: one member becomes a new cluster of the snapshot, the others join it empty",
  unfit: (input) =>
    unlessMembers(input) ??
    (input.places.some(({ runtime }) => runtime === "pod") ? "etcd runs in pods, not as a service" : null),
  plan: forceNewClusterPlan,
};

const serveSeconds = 60;

function forceNewClusterPlan(input: RestoreInput): Procedure {
  const [first, ...others] = input.places;
  if (first === undefined) throw new Error("a restore needs a member");
  const folderOf = (place: EtcdPlace) => restoreFolder(input, place);
  const rest = afterwards(input);
  const forget: Stage = {
    title: "take away what was meant for one start",
    limitMs: 20_000,
    commands: everyMember(input.places, () => forgetVariables),
  };
  return {
    stages: [
      ...restoreAlone(input, first, folderOf),
      stopStage(input, (place) => (place === first ? `${folderOf(first)}/restored/member` : folderOf(place))),
      {
        phase: "swap",
        title: "put the restored data in place of the old on one machine, and set the others' aside",
        limitMs: 20_000,
        commands: everyMember(input.places, (place) =>
          place === first ? swapIn(input, place) : `${setAside(input, place)} && sync ${place.dataDir}`,
        ),
      },
      alone(input, first),
      ...others.flatMap((each, index) => joining(input, first, each, [first, ...others.slice(0, index + 1)])),
      {
        phase: "start",
        title: "start the kubelets",
        limitMs: 30_000,
        commands: startKubelets(input),
      },
      ...serveStages(input, folderOf),
    ],
    ...rest,
    wayBack: {
      ...rest.wayBack,
      back: [...rest.wayBack.back, forget],
      clean: [forget, ...rest.wayBack.clean],
    },
  };
}

/** Restored without a name it knows itself by another peer URL. */
function alone(input: RestoreInput, first: EtcdPlace): PhasedStage {
  const serves = waitFor(etcdServes(input), serveSeconds, "etcd does not serve");
  return {
    phase: "start",
    title: `make the member on ${first.machine} a new cluster, under its own peer URL`,
    limitMs: 3 * serveSeconds * 1000,
    commands: [
      {
        machine: first.machine,
        run: `${withVariables({ FORCE_NEW_CLUSTER: "true" })}
${startService}
${serves}
etcdctl member update "$(etcdctl member list | cut -d, -f1)" --peer-urls=${first.peerUrl}
systemctl stop etcd
${forgetVariables}
${startService}
${serves}`,
      },
    ],
  };
}

/** @param cluster the members that are there then, the new one last */
function joining(
  input: RestoreInput,
  first: EtcdPlace,
  joiner: EtcdPlace,
  cluster: readonly EtcdPlace[],
): PhasedStage[] {
  const { machine } = joiner;
  return [
    {
      phase: "start",
      title: `take the member on ${machine} in`,
      limitMs: 2 * addSeconds * 1000,
      commands: [{ machine: first.machine, run: takeIn(joiner, "member") }],
    },
    {
      phase: "start",
      title: `let the member on ${machine} join, empty`,
      limitMs: 2 * serveSeconds * 1000,
      commands: [
        {
          machine,
          run: `${joinAsService(cluster)}
${waitFor(etcdServes(input), serveSeconds, "etcd does not serve")}
${forgetVariables}`,
        },
      ],
    },
  ];
}
