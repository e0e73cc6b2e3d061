// `kubedrill load --distributed N`: where its pods run and from which image, and that only one command at a time uses the
// lab.
import { stringify } from "yaml";
import { usageError } from "../base/errors.ts";
import type { LabFile } from "../lab/lab-file.ts";
import { jobManifests } from "../distributed/manifests.ts";
import { distributedLoad, sharesOfPods, type DistributedLoad } from "../distributed/run.ts";
import type { LoadPlan } from "../load/engine/plan.ts";
import { healAll } from "../safety/heal.ts";
import { Ledger } from "../safety/ledger.ts";
import { ensureLoadImage } from "../../infra/docker/load-image/ensure-load-image.ts";
import { chosenLab, type LabChoice } from "./lab-option.ts";
import { withWorld } from "./with-world.ts";

export interface DistributedFlags extends LabChoice {
  distributed?: string;
  image?: string;
  nodeSelector?: string[];
  dryRun?: true;
}

const mostWorkers = 1000;
const imageOfDryRun = "localhost/kubedrill-load";

/** Null: it was a dry run. @throws KubedrillError when the lab, the image or a worker is not there */
export async function loadFromPods(
  plan: LoadPlan,
  flags: DistributedFlags,
  signal: AbortSignal,
): Promise<DistributedLoad | null> {
  const workers = Number(flags.distributed);
  if (!Number.isSafeInteger(workers) || workers < 1 || workers > mostWorkers)
    throw usageError(
      `--distributed ${flags.distributed ?? ""}: the number of pods must be a whole number from 1 to ${String(mostWorkers)}.`,
    );
  sharesOfPods(plan, workers);
  const nodeSelector = Object.fromEntries((flags.nodeSelector ?? []).map(labelOf));
  const lab = await chosenLab(flags);
  const where = { workers, nodeSelector, notOn: nodesOfTarget(lab, plan.url) };
  const namespace = `kubedrill-load-${Date.now().toString(36)}`;
  if (flags.dryRun === true) {
    const image = flags.image ?? imageOfDryRun;
    const deadlineSeconds = Math.ceil((plan.durationMs + plan.timeoutMs) / 1000);
    const objects = jobManifests({ ...where, namespace, image, deadlineSeconds }, "made when it is started");
    process.stdout.write(objects.map(({ body }) => stringify(body)).join("---\n"));
    return null;
  }
  const image = flags.image ?? (await ownImage(lab));
  return withWorld(lab, `load ${namespace}`, async (world) => {
    const ledger = new Ledger(lab.name);
    if (ledger.pending().length > 0) await healAll(world, ledger, { onProgress: say });
    return await distributedLoad(world, plan, { ...where, namespace, image }, { signal, say });
  });
}

/** Load and target must not take each other's processor: no worker on a machine that the URL names. */
function nodesOfTarget(lab: LabFile, target: string): string[] {
  const host = new URL(target).hostname;
  const named = lab.machines.filter((each) => each.address === host || each.name === host);
  return named.map((each) => each.node ?? each.name);
}

async function ownImage(lab: LabFile): Promise<string> {
  if (!lab.embedded)
    throw usageError(
      "--distributed needs --image on a cluster of yours: the pods' nodes must be able to pull it.",
      {
        hint: "README.md shows how to build one from this package",
      },
    );
  return ensureLoadImage(lab.name, say);
}

function labelOf(text: string): [string, string] {
  const parts = /^([^=\s]+)=([^=\s]*)$/.exec(text);
  if (parts === null) throw usageError(`--node-selector ${text}: a label is written as key=value.`);
  return [parts[1] ?? "", parts[2] ?? ""];
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
