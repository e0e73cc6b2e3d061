// An image of the lab's own, put into the image stores of running machines the first time that it is asked for.
import { execa } from "execa";
import { onMachine } from "./cluster/engine.ts";
import { ensureDirectory } from "./components/cache-directory.ts";

const importLimitMs = 120_000;
/** Where the kubelet's images are. */
const ctr = ["ctr", "--namespace=k8s.io", "images"];

export interface ImageSource {
  /** In the cache: the image's archive, unpacked. */
  folder: string;
  /** Fills that folder when it is not there. */
  make: (into: string) => Promise<void>;
  /** Called before anything is done, with the number of machines that do not have the image. */
  onMissing: (machines: number) => void;
}

/** Machines that have it already are left alone. @param containers of the machines */
export async function putImage(
  containers: readonly string[],
  name: string,
  { folder, make, onMissing }: ImageSource,
): Promise<void> {
  const missing = await without(containers, name);
  if (missing.length === 0) return;
  onMissing(missing.length);
  await ensureDirectory(folder, make);
  for (const container of missing) await importInto(container, folder);
}

async function without(containers: readonly string[], name: string): Promise<string[]> {
  const list = [...ctr, "list", "--quiet", `name==${name}`];
  const has = await Promise.all(containers.map(async (each) => (await onMachine(each, list)) !== ""));
  return containers.filter((_, index) => has[index] !== true);
}

async function importInto(container: string, folder: string): Promise<void> {
  await execa("tar", ["-C", folder, "-cf", "-", "."], {
    timeout: importLimitMs,
    buffer: { stdout: false },
  }).pipe("docker", ["exec", "-i", container, ...ctr, "import", "-"], { timeout: importLimitMs });
}
