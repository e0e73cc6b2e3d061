// What a restore puts on machines to know itself by, and where each is: what is set aside, and that something has been done.
import type { Host } from "./hosts.ts";
import type { EtcdPlace } from "./places.ts";
import type { ClusterInput } from "./procedure.ts";

/** Where manifests are while nothing of them may run; on the same file system, so that a move is whole or not at all. */
export function asideOf({ id }: Pick<ClusterInput, "id">): string {
  return `/etc/kubernetes/kubedrill-restore-${id}`;
}

/** A folder on a control plane without a member, as long as a restore may stop it. Gone after a boot. */
export function standingBy({ id }: Pick<ClusterInput, "id">): string {
  return `/run/kubedrill-restore-${id}-stands-by`;
}

/** The folder of a restore beside a member's data. */
export type FolderOf = (place: EtcdPlace) => string;

/** A file that is there as soon as the restored data is what counts. */
export function committedOf(input: ClusterInput, folderOf: FolderOf, { place }: Host): string {
  return `${place === null ? asideOf(input) : folderOf(place)}/committed`;
}

/** On a machine without a member: its kubelet was restarted. */
export function asked({ id }: Pick<ClusterInput, "id">): string {
  return `/run/kubedrill-restore-${id}`;
}
