// Puts an addition on a lab that is up: its programs as one image on the first worker, its definitions, its objects.
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { usageError } from "../../harness/base/errors.ts";
import { cacheDir } from "../../harness/base/paths.ts";
import { withTemporaryFolder } from "../../harness/base/temporary-folder.ts";
import { kubectl } from "../docker/cluster/kubectl.ts";
import { workersOf, type LabLayout, type MachinePlan } from "../docker/cluster/layout.ts";
import { writeStagedImage } from "../docker/components/image-archive.ts";
import { hostArchitecture, type Architecture } from "../docker/components/programs.ts";
import { putImage } from "../docker/put-image.ts";
import { ensureBuilt, type BuiltPrograms, type ProgramsOfAddition } from "./programs.ts";

export interface Addition extends ProgramsOfAddition {
  /** Of all of its Deployments. */
  namespace: string;
  /** Where in the image a program is, other than in its root. */
  places?: Record<string, string>;
  /** Its objects as YAML. */
  objects: (place: Place) => Promise<string>;
  /** What `kubectl wait` is to wait for besides, once its Deployments are available. */
  waitFor: (node: string) => string[];
}

export interface Place {
  /** Where the image is. */
  node: string;
  image: string;
  /** kubectl on the lab. */
  ask: (args: readonly string[]) => Promise<string>;
}

const readySeconds = 120;

/**
 * On a lab that has it, the same is applied once more. The caller holds the lab's lock.
 * @throws KubedrillError (usage) when the programs cannot be built; (inconclusive) when they do not come up
 */
export async function addTo(
  layout: LabLayout,
  addition: Addition,
  onProgress: (line: string) => void,
): Promise<void> {
  const worker = firstWorker(layout);
  const architecture = hostArchitecture();
  if (architecture === undefined) throw usageError(`There is no lab for ${process.arch}.`);
  const built = await ensureBuilt(addition, architecture, onProgress);
  const image = `localhost/kubedrill-${addition.name}:${built.key}`;
  await putImage([worker.container], image, {
    folder: join(cacheDir(), "addition-images", `${addition.name}-${built.key}`),
    make: (into) => writeImage(image, built, addition, architecture, into),
    onMissing: () => {
      onProgress(`putting the image on ${worker.name}`);
    },
  });
  onProgress("its definitions");
  await apply(layout, built.definitions);
  await wait(layout, ["--for=condition=Established", "--filename=-"], built.definitions);
  onProgress("its objects");
  await apply(
    layout,
    await addition.objects({ node: worker.name, image, ask: (args) => kubectl(layout, args) }),
  );
  await wait(layout, [
    "--for=condition=Available",
    "deployment",
    "--all",
    `--namespace=${addition.namespace}`,
  ]);
  await wait(layout, addition.waitFor(worker.name));
}

function firstWorker(layout: LabLayout): MachinePlan {
  const [worker] = workersOf(layout);
  if (worker === undefined) throw usageError(`The lab ${layout.name} has no worker.`);
  return worker;
}

async function apply(layout: LabLayout, input: string): Promise<void> {
  await kubectl(layout, ["apply", "--server-side", "--force-conflicts", "--filename=-"], {
    input,
    timeoutMs: 60_000,
  });
}

async function wait(layout: LabLayout, what: readonly string[], input?: string): Promise<void> {
  await kubectl(layout, ["wait", `--timeout=${String(readySeconds)}s`, ...what], {
    timeoutMs: (readySeconds + 10) * 1000,
    ...(input === undefined ? {} : { input }),
  });
}

async function writeImage(
  name: string,
  { folder, names }: BuiltPrograms,
  { places = {} }: Addition,
  architecture: Architecture,
  into: string,
): Promise<void> {
  await withTemporaryFolder("addition", async (stage) => {
    await mkdir(join(stage, "tmp"), { mode: 0o777 });
    for (const each of names) {
      const path = join(stage, places[each] ?? each);
      await mkdir(dirname(path), { recursive: true });
      await copyFile(join(folder, each), path);
    }
    const settings = { name, entrypoint: [], command: [], user: "0" };
    await writeStagedImage(settings, architecture, stage, into);
  });
}
