// The rival: a restore as operators' notes have it, one step after the other, without checks that cost time: manifests
// away, wait until etcd has ended, restore on each, folders swapped, manifests back.
import { join } from "node:path";
import { until } from "../harness/base/until.ts";
import type { Machine, World } from "../harness/lab/world.ts";
import { readPlaces } from "../harness/recovery/restore/places.ts";
import { dataFile, type StoredSnapshot } from "../harness/recovery/snapshot/sidecar.ts";
import { sendFile } from "../harness/shell/transfer.ts";

const stepLimitMs = 120_000;
const folder = "/root/kubedrill-bench-restore";

/** Returns when the manifests are back. @param begin called when the first of them is about to be moved away */
export async function typedRestore(world: World, snapshot: StoredSnapshot, begin: () => void): Promise<void> {
  const controlPlanes = world.machines.filter((each) => each.role === "control-plane");
  const places = await readPlaces(controlPlanes, world.file.etcd.runtime);
  const cluster = places.map(({ member, peerUrl }) => `${member}=${peerUrl}`).join(",");
  for (const machine of controlPlanes) {
    await type(machine, `rm -rf ${folder} && mkdir -p ${folder}/manifests`);
    await sendFile(machine, join(snapshot.folder, dataFile), `${folder}/${dataFile}`);
  }
  begin();
  for (const machine of controlPlanes)
    await type(machine, `mv /etc/kubernetes/manifests/*.yaml ${folder}/manifests/`);
  for (const machine of controlPlanes)
    await until(async () => (await type(machine, "crictl ps -q --name '^etcd$'")) === "", {
      what: `etcd to end on ${machine.name}`,
      timeoutMs: stepLimitMs,
      intervalMs: 250,
    });
  for (const [index, machine] of controlPlanes.entries()) {
    const place = places[index];
    if (place === undefined) continue;
    await type(
      machine,
      `etcdutl snapshot restore ${folder}/${dataFile} --name ${place.member} --initial-cluster ${cluster} --initial-advertise-peer-urls ${place.peerUrl} --data-dir ${folder}/data --bump-revision 1000000000 --mark-compacted 2>/dev/null
mv ${place.dataDir}/member ${folder}/member.bak && mv ${folder}/data/member ${place.dataDir}/member && chown -R root:root ${place.dataDir}/member`,
    );
  }
  for (const machine of controlPlanes)
    await type(machine, `mv ${folder}/manifests/*.yaml /etc/kubernetes/manifests/`);
  for (const machine of controlPlanes) await type(machine, `rm -rf ${folder}`);
}

async function type({ shell }: Machine, command: string): Promise<string> {
  return (await shell.run(command, { timeoutMs: stepLimitMs })).stdout.trim();
}
