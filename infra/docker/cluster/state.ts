// What is known on disk of each lab: its plan and how far it has come. An `up` that was interrupted leaves "building".
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { messageOf, usageError } from "../../../harness/base/errors.ts";
import { labDir, stateDir } from "../../../harness/base/paths.ts";
import type { LabLayout } from "./layout.ts";

const machinePlan = z.object({
  name: z.string(),
  role: z.enum(["control-plane", "etcd", "worker"]),
  container: z.string(),
  address: z.string(),
  podCidr: z.string(),
  vrrpPriority: z.number().optional(),
  machineId: z.string(),
});

export const layoutSchema = z.object({
  name: z.string(),
  kubernetes: z.string(),
  network: z.object({
    name: z.string(),
    subnet: z.string(),
    gateway: z.string(),
    services: z.string(),
    pods: z.string(),
    dns: z.string(),
  }),
  vip: z.object({ address: z.string(), port: z.number() }),
  etcd: z.object({ layout: z.enum(["stacked", "external"]), runtime: z.enum(["pod", "systemd"]) }),
  workerMemoryGiB: z.number(),
  machines: z.array(machinePlan.transform((each) => ({ ...each, vrrpPriority: each.vrrpPriority }))),
});

const stateSchema = z.object({
  version: z.literal(1),
  /** "building": half made, of no use; "up": complete, whether powered or not. */
  phase: z.enum(["building", "up"]),
  /** The content-addressed machine image. */
  image: z.string(),
  layout: layoutSchema,
});

export interface LabState extends z.output<typeof stateSchema> {
  layout: LabLayout;
}

/** The lab's state; `undefined` when there is no such lab. Throws a usage error when the file is damaged. */
export async function readLabState(name: string): Promise<LabState | undefined> {
  let text: string;
  try {
    text = await readFile(statePath(name), "utf8");
  } catch {
    return undefined;
  }
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch (error) {
    throw usageError(`The state of lab ${name} cannot be read (${statePath(name)}): ${messageOf(error)}.`, {
      cause: error,
      hint: `kubedrill lab down --name ${name} removes the lab`,
    });
  }
}

/** Replaces the state in one step: after a crash there is the old one or the new one. */
export async function writeLabState(state: LabState): Promise<void> {
  await mkdir(labDir(state.layout.name), { recursive: true, mode: 0o700 });
  const path = statePath(state.layout.name);
  await writeFile(`${path}.new`, JSON.stringify(state, null, 2), { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
}

/** Names of all labs that have a folder, complete or not. */
export async function knownLabs(): Promise<string[]> {
  try {
    const entries = await readdir(join(stateDir(), "labs"), { withFileTypes: true });
    return entries.filter((each) => each.isDirectory()).map((each) => each.name);
  } catch {
    return [];
  }
}

function statePath(name: string): string {
  return join(labDir(name), "state.json");
}
