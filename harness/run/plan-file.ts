// A plan: which drills run, in which order, with which settings. YAML, checked; the built-in ones are in scenarios/plans.
import { readFile, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { messageOf, usageError } from "../base/errors.ts";

const plansDir = join(import.meta.dirname, "..", "..", "scenarios", "plans");

const planSchema = z.strictObject({
  version: z.literal(1),
  name: z.string().regex(/^[a-z0-9-]+$/, "lower-case letters, digits and dashes"),
  title: z.string().min(1),
  drills: z.array(z.string().min(1)).min(1),
  workload: z
    .strictObject({
      replicas: z.int().min(1).max(1000).default(13),
      /** null: the cluster's default (300 s). */
      tolerationSeconds: z.int().min(0).nullable().default(null),
      /** False: pods without readiness gate and preStop, as many applications are. */
      graceful: z.boolean().default(true),
    })
    .prefault({}),
  /** A workload of the user's own instead of the demo; null: the demo. */
  own: z
    .strictObject({
      namespace: z.string().min(1),
      selector: z.string().min(1),
      path: z.string().startsWith("/").nullable().default(null),
    })
    .nullable()
    .default(null),
  /** True: stages of a load send as many requests as they name, however small the lab. */
  full: z.boolean().default(false),
  /** Most requests a second that a stage of a load sends, for a host that carries no more; null: as many as clients. */
  maxRateHz: z.int().min(1).max(1_000_000).nullable().default(null),
  /** True: pods that find no room while load climbs are a failure; by default they are a finding. */
  failOnSaturation: z.boolean().default(false),
  /** Lab file of another cluster, for drills that restore into one; null: there is none. */
  into: z.string().min(1).nullable().default(null),
  /** By which volumes are snapshotted; null: the cluster's default. */
  snapshotClass: z.string().min(1).nullable().default(null),
  probes: z
    .strictObject({
      tickMs: z.int().min(20).max(10_000).default(100),
      /** Ticks of single probes by id; "api.*" style prefixes end in "*". */
      overrides: z.record(z.string(), z.int().min(20).max(60_000)).default({}),
    })
    .prefault({}),
});

export type Plan = z.output<typeof planSchema>;

/**
 * A plan by the name of a built-in one, or by the path of a file.
 * @throws KubedrillError (usage) naming what is wrong and which plans there are
 */
export async function readPlan(nameOrPath: string): Promise<Plan> {
  const isPath = /[/\\]|\.ya?ml$/.test(nameOrPath);
  const path = isPath ? nameOrPath : join(plansDir, `${nameOrPath}.yaml`);
  let raw: unknown;
  try {
    raw = parse(await readFile(path, "utf8"));
  } catch (error) {
    const known = (await planNames()).join(", ");
    throw usageError(
      isPath
        ? `Plan ${path} cannot be read: ${messageOf(error)}.`
        : `There is no plan ${nameOrPath}; plans: ${known}.`,
      { cause: error },
    );
  }
  return parsePlan(raw, path);
}

export function parsePlan(raw: unknown, origin: string): Plan {
  const result = planSchema.safeParse(raw);
  if (result.success) return result.data;
  const first = result.error.issues[0];
  const where = first === undefined || first.path.length === 0 ? "the top level" : first.path.join(".");
  throw usageError(`Plan ${origin} is wrong at ${where}: ${first?.message ?? "unknown"}.`);
}

/** A plan made on the command line from single drills. */
export function planOf(drills: string[]): Plan {
  return planSchema.parse({ version: 1, name: "custom", title: "Chosen drills", drills });
}

export async function planNames(): Promise<string[]> {
  const files = await readdir(plansDir);
  return files.filter((file) => file.endsWith(".yaml")).map((file) => basename(file, ".yaml"));
}
