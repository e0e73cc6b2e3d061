// The image of a distributed load's worker pods for the embedded lab: this very program and its Node.js, put into the
// image stores of the lab's machines the first time that it is asked for.
import { execa } from "execa";
import { createHash } from "node:crypto";
import { cp, mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheDir } from "../../../harness/base/paths.ts";
import { usageError } from "../../../harness/base/errors.ts";
import { withTemporaryFolder } from "../../../harness/base/temporary-folder.ts";
import { onMachine } from "../cluster/engine.ts";
import { readLabState } from "../cluster/state.ts";
import { writeStagedImage } from "../components/image-archive.ts";
import { parseLdd } from "../components/linked-libraries.ts";
import { hostArchitecture } from "../components/programs.ts";
import { putImage } from "../put-image.ts";
import { appFiles, packageRoot } from "./app-files.ts";

const copyLimitMs = 120_000;
const program = /harness\/distributed\/worker\.[jt]s$/;

/** @returns its name @throws KubedrillError when there is no such lab, or a machine does not take it */
export async function ensureLoadImage(lab: string, say: (line: string) => void): Promise<string> {
  const state = await readLabState(lab);
  if (state?.phase !== "up")
    throw usageError(`The lab ${lab} is not up.`, { hint: `kubedrill lab up --name ${lab}` });
  const containers = state.layout.machines.map((each) => each.container);
  const [first = ""] = containers;
  const files = await appFiles();
  const key = await keyOf(files);
  const name = `localhost/kubedrill-load:${key}`;
  const folder = join(cacheDir(), "load-image", key);
  await putImage(containers, name, {
    folder,
    make: (into) => build(first, files, name, into),
    onMissing: (count) => {
      say(`putting the image of the workers on ${String(count)} machines`);
    },
  });
  return name;
}

async function keyOf(files: readonly string[]): Promise<string> {
  // How it is put together counts as well.
  const hash = createHash("sha256")
    .update(process.version)
    .update(await readFile(import.meta.filename));
  for (const path of files) hash.update(path).update(await readFile(join(packageRoot, path)));
  return hash.digest("hex").slice(0, 12);
}

async function build(machine: string, files: readonly string[], name: string, into: string): Promise<void> {
  const architecture = hostArchitecture();
  if (architecture === undefined) throw usageError(`There is no lab for ${process.arch}.`);
  await withTemporaryFolder("load-image", async (stage) => {
    const node = join(stage, "usr/local/bin/node");
    await mkdir(dirname(node), { recursive: true });
    await cp(process.execPath, node, { dereference: true });
    await copyLibraries(machine, stage);
    for (const path of files) {
      await mkdir(dirname(join(stage, "app", path)), { recursive: true });
      await cp(join(packageRoot, path), join(stage, "app", path));
    }
    const entrypoint = ["node", `/app/${files.find((each) => program.test(each)) ?? ""}`];
    await writeStagedImage({ name, entrypoint, command: [], user: "65532" }, architecture, stage, into);
  });
}

/** What Node.js is linked to, from a machine's own Debian: its C library must fit the loader beside it. */
async function copyLibraries(machine: string, stage: string): Promise<void> {
  // Not /run: nothing may be executed from there, and the loader refuses to look at it.
  const probe = "/var/tmp/kubedrill-node";
  const limits = { timeout: copyLimitMs };
  // The engine's own copying does not see what is mounted on a running machine.
  await execa("docker", ["exec", "-i", machine, "sh", "-c", `cat > ${probe} && chmod 755 ${probe}`], {
    ...limits,
    inputFile: process.execPath,
  });
  try {
    const libraries = parseLdd(await onMachine(machine, ["ldd", probe]));
    if (libraries.length === 0) throw new Error("Node.js has no libraries, so it cannot be this one.");
    // Links are followed, so that each is found by the path that the loader knows.
    await execa("docker", ["exec", machine, "tar", "-chf", "-", ...libraries], {
      ...limits,
      buffer: { stdout: false },
    }).pipe("tar", ["-C", stage, "-xf", "-"], limits);
  } finally {
    await onMachine(machine, ["rm", "-f", probe]);
  }
}
