// Machines that were lost come back, one after the other, as members of the cluster that was rebuilt without them. What
// they know is of another cluster, and as soon as two of three of them run on it, that one lives again beside the new one.
// Each stage can be done again, and has no effect where it was done before.
import type { Stage } from "../../shell/stages.ts";
import { withEtcdTools } from "../etcd-tools.ts";
import { forgetVariables, joinAsPod, joinAsService, promote, takeIn } from "./join-member.ts";
import { restoreFolder, setAside } from "./member-folders.ts";
import { manifestsDir, type EtcdPlace } from "./places.ts";
import type { ClusterInput } from "./procedure.ts";
import { asideOf } from "./marks.ts";
import { stopScript } from "./static-pods.ts";
import { apiServes } from "./waits.ts";

export interface Rejoining {
  machine: string;
  /** Script that prints what joining has left to do there, when it was begun; nothing when it was not, or is over. */
  unfinished: string;
  stages: Stage[];
}

/** In the order in which they may come back; the survivor must serve. */
export function rejoining(input: ClusterInput): Rejoining[] {
  const [survivor] = input.places;
  if (survivor === undefined) throw new Error("nobody is left to join");
  return input.lost.map((place, index) => ({
    machine: place.machine,
    unfinished: unfinished(input, place),
    stages: stagesOf(input, survivor, place, [survivor, ...input.lost.slice(0, index + 1)]),
  }));
}

/** A file beside the data with which it joins: where that is not, what it has is of the cluster that is no more. */
function joinedMark({ id }: ClusterInput, { dataDir }: EtcdPlace): string {
  return `${dataDir}/member/kubedrill-joined-${id}`;
}

/** By its data and not by what etcd answers: one that is just being started answers nobody, and is a member all the same. */
function unfinished(input: ClusterInput, place: EtcdPlace): string {
  const folder = restoreFolder(input, place);
  return `rm -rf ${overOf(folder)}
if [ ! -e ${joinedMark(input, place)} ]; then echo "has not joined"; fi
ls -d ${folder} ${asideOf(input)} 2>/dev/null || true`;
}

/** What a folder is called when nothing depends on it any more: it is gone in an instant, whatever it holds. */
function overOf(folder: string): string {
  return `${folder}-over`;
}

/** @param cluster the members that are there then, the new one last */
function stagesOf(
  input: ClusterInput,
  survivor: EtcdPlace,
  place: EtcdPlace,
  cluster: readonly EtcdPlace[],
): Stage[] {
  const folder = restoreFolder(input, place);
  const aside = asideOf(input);
  const { machine } = place;
  const on = (where: string, title: string, limitMs: number, run: string): Stage => ({
    title,
    limitMs,
    commands: [{ machine: where, run }],
  });
  const onIt = (title: string, limitMs: number, run: string) => on(machine, title, limitMs, run);
  const onSurvivor = (title: string, limitMs: number, run: string) =>
    on(survivor.machine, title, limitMs, withEtcdTools(input, "/var/lib", run));
  return [
    onIt(
      `stop what runs on the old data of ${machine}, and set that aside`,
      90_000,
      `umask 077; mkdir -p ${folder}
if [ ! -e ${joinedMark(input, place)} ]; then
${stopScript(input, { machine, place, controlPlane: true })}
if [ -e ${place.dataDir}/member ]; then test ! -e ${folder}/old-member; ${setAside(input, place)}; fi
${emptyMember(input, place)}
fi`,
    ),
    onSurvivor(`take ${place.member} in, without a vote`, 60_000, takeIn(place, "learner")),
    onIt(
      `let the member on ${machine} join, empty`,
      60_000,
      place.runtime === "pod"
        ? joinAsPod(input, cluster)
        : `${joinAsService(cluster)}
systemctl start kubelet`,
    ),
    onSurvivor(`give ${place.member} its vote when it has caught up`, 150_000, promote(place)),
    onIt(
      `start the control plane on ${machine}`,
      150_000,
      `${place.runtime === "pod" ? ":" : forgetVariables}
for each in ${aside}/*.yaml; do if [ -e "$each" ]; then mv "$each" ${manifestsDir}/; fi; done
${apiServes(input)}
if [ -d ${aside} ]; then rmdir ${aside}; fi
if [ -d ${folder} ]; then mv ${folder} ${overOf(folder)}; fi
rm -rf ${overOf(folder)}`,
    ),
  ];
}

/** A folder for etcd to begin in, which says from its first instant what it is. */
function emptyMember(input: ClusterInput, place: EtcdPlace): string {
  const folder = restoreFolder(input, place);
  const mark = joinedMark(input, place).slice(`${place.dataDir}/member`.length);
  return `rm -rf ${folder}/new-member; mkdir ${folder}/new-member; touch ${folder}/new-member${mark}
for each in ${folder}/new-member ${folder}/new-member${mark}; do chown --reference=${folder}/old-member $each; done
chmod --reference=${folder}/old-member ${folder}/new-member
mv ${folder}/new-member ${place.dataDir}/member && sync ${place.dataDir}`;
}
