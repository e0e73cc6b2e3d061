// Whether a snapshot may be restored into a cluster at all: it must be that cluster's, of an etcd that is not newer, and
// not older than somebody wants.
import type { Sidecar } from "./sidecar.ts";
import type { Finding } from "./verify-files.ts";

export interface Target {
  clusterUid: string;
  etcdVersion: string;
}

const hourMs = 3_600_000;

/** Pure. @param now ms since 1970 */
export function whyForeign(
  { clusterUid, etcd, takenAt }: Pick<Sidecar, "clusterUid" | "etcd" | "takenAt">,
  target: Target,
  { now, maxAgeHours }: { now: number; maxAgeHours: number | undefined },
): Finding[] {
  const ageHours = (now - Date.parse(takenAt)) / hourMs;
  return [
    {
      what: "it is of this cluster",
      wrong:
        clusterUid === target.clusterUid
          ? null
          : `it is of the cluster ${clusterUid}, this one is ${target.clusterUid}`,
    },
    {
      what: "this cluster's etcd can read it",
      wrong: isNewer(etcd.version, target.etcdVersion)
        ? `it is of etcd ${etcd.version}, this cluster has ${target.etcdVersion}, which is older`
        : null,
    },
    ...(maxAgeHours === undefined
      ? []
      : [
          {
            what: `it is not older than ${String(maxAgeHours)} h`,
            wrong: ageHours > maxAgeHours ? `it is ${ageHours.toFixed(1)} h old` : null,
          },
        ]),
  ];
}

/** By minor version: etcd reads data of its own minor and of the one before, whatever the patch. */
function isNewer(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [thanMajor = 0, thanMinor = 0] = than.split(".").map(Number);
  return major > thanMajor || (major === thanMajor && minor > thanMinor);
}
