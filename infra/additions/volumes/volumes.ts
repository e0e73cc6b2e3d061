// Volumes that can be snapshotted, on the embedded lab: our small CSI driver with Kubernetes' own provisioner, snapshotter
// and snapshot controller.
import { execa } from "execa";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, usageError } from "../../../harness/base/errors.ts";
import type { Addition, Place } from "../add.ts";

const driver = "volumes.kubedrill.local";
const group = "github.com/kubernetes-csi";
const moduleOf = (name: string) => join(import.meta.dirname, "go", name);
/** What the snapshot controller asks for before it starts; groups of snapshots are another matter. */
const definitionNames = ["volumesnapshotclasses", "volumesnapshotcontents", "volumesnapshots"];

export const volumes: Addition = {
  name: "volumes",
  namespace: "kubedrill-volumes",
  modules: [
    { directory: moduleOf("driver"), packages: [["csi-driver", "."]] },
    {
      directory: moduleOf("snapshotter"),
      packages: [
        ["csi-snapshotter", `${group}/external-snapshotter/v8/cmd/csi-snapshotter`],
        ["snapshot-controller", `${group}/external-snapshotter/v8/cmd/snapshot-controller`],
      ],
    },
    {
      directory: moduleOf("provisioner"),
      packages: [["csi-provisioner", `${group}/external-provisioner/v6/cmd/csi-provisioner`]],
    },
  ],
  definitions,
  objects,
  waitFor: (node) => [`--for=jsonpath={.spec.drivers[0].name}=${driver}`, `csinode/${node}`],
};

/** As they lie in the module that the snapshotter was built with. */
async function definitions(): Promise<string> {
  const module = `${group}/external-snapshotter/client/v8`;
  try {
    const { stdout } = await execa("go", ["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", module], {
      cwd: moduleOf("snapshotter"),
      env: { GOFLAGS: "", GOWORK: "off" },
      timeout: 60_000,
    });
    const texts = definitionNames.map((plural) =>
      readFile(join(stdout, "config", "crd", `snapshot.storage.k8s.io_${plural}.yaml`), "utf8"),
    );
    return (await Promise.all(texts)).join("\n---\n");
  } catch (error) {
    throw usageError(`The snapshot controller's definitions are not in ${module}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function objects({ node, image }: Place): Promise<string> {
  const manifest = await readFile(join(import.meta.dirname, "volumes.yaml"), "utf8");
  return manifest.replaceAll("@NODE@", node).replaceAll("@IMAGE@", image);
}
