// Velero's own objects: a backup of one namespace, its restore, and the request to forget both.
import { z } from "zod";
import { until } from "../base/until.ts";
import type { KubeClients } from "../kube/access.ts";
import type { VeleroPlace } from "../lab/facts.ts";
import { apply, pathOf } from "../workloads/apply.ts";
import { managed, type Manifest } from "../workloads/manifests.ts";
import type { Session } from "./session.ts";

const api = "velero.io/v1";
const timeoutMs = 10_000;
const forgottenLimitMs = 120_000;

/** Volumes are another matter (`recovery/volume-snapshot`). Velero forgets it by itself in an hour, whatever happens here. */
export function veleroBackup(
  place: VeleroPlace,
  { name, included }: { name: string; included: string },
): Manifest {
  return veleroObject(place, "Backup", name, {
    includedNamespaces: [included],
    storageLocation: place.location,
    snapshotVolumes: false,
    defaultVolumesToFsBackup: false,
    ttl: "1h0m0s",
  });
}

/** Of the backup of the same name. */
export function veleroRestore(place: VeleroPlace, { name }: { name: string }): Manifest {
  return veleroObject(place, "Restore", name, { backupName: name });
}

function veleroObject(
  { namespace }: VeleroPlace,
  kind: string,
  name: string,
  spec: Record<string, unknown>,
): Manifest {
  return {
    collection: `/apis/${api}/namespaces/${namespace}/${kind.toLowerCase()}s`,
    body: { apiVersion: api, kind, metadata: { name, labels: managed }, spec },
  };
}

/** Completed, PartiallyFailed, Failed, FailedValidation; not Finalizing…. */
const ended = /^(Completed|PartiallyFailed|Failed|FailedValidation)$/;

const progress = z.object({
  status: z
    .object({
      phase: z.string().optional(),
      failureReason: z.string().optional(),
      validationErrors: z.array(z.string()).optional(),
      errors: z.number().optional(),
      warnings: z.number().optional(),
    })
    .optional(),
});

/** Of a backup or a restore: true, or @throws Error in Velero's own words on how far it is, or how else it ended */
export async function completed(kube: KubeClients, manifest: Manifest): Promise<true> {
  const { status = {} } = progress.parse(await kube.raw("GET", pathOf(manifest), { timeoutMs }));
  const { phase = "New", failureReason, validationErrors = [], errors = 0 } = status;
  if (phase === "Completed" && errors === 0) return true;
  if (!ended.test(phase)) throw new Error(`it is ${phase}`);
  const why = [failureReason, ...validationErrors].filter((each) => each !== undefined);
  throw new Error([`it ended as ${phase} with ${String(errors)} errors`, ...why].join(": "));
}

/** Before it works on a backup; nothing is in the store then. */
const notBegun: ReadonlySet<string> = new Set(["", "New", "Queued", "ReadyToStart"]);

/**
 * Also what is in the store. One that Velero works on is waited for: deleted under its hands, it keeps others waiting for
 * ever (seen with 1.18). @returns "none", or the name of the backup that stays all the same
 */
export async function forgetBackup(
  { world, signal }: Session,
  place: VeleroPlace,
  name: string,
): Promise<string> {
  const { main } = world.kube;
  const path = pathOf(veleroBackup(place, { name, included: "" }));
  const look = () => main.raw("GET", path, { timeoutMs, okStatus: [404] });
  const waiting = (what: string) => ({ what, timeoutMs: forgottenLimitMs, intervalMs: 500, signal });
  const phase = async () => progress.parse((await look()) ?? {}).status?.phase ?? "";
  try {
    if (notBegun.has(await phase())) await main.raw("DELETE", path, { timeoutMs, okStatus: [404] });
    else {
      await until(async () => ended.test(await phase()), waiting("the backup to end"));
      await apply(main, veleroObject(place, "DeleteBackupRequest", name, { backupName: name }));
    }
    await until(async () => (await look()) === undefined, waiting("the backup to be forgotten"));
    return "none";
  } catch {
    return name;
  }
}
