// How each kind of change that can stand in the ledger is undone, and how it is seen to be undone. Faults undo
// themselves; everything else that kubedrill leaves on a lab for a while has its entry here.
import { dirname } from "node:path";
import { z } from "zod";
import { inconclusiveError, usageError } from "../base/errors.ts";
import { until } from "../base/until.ts";
import { faultKinds } from "../faults/index.ts";
import type { FaultKind } from "../faults/fault.ts";
import type { World } from "../lab/world.ts";
import { apiObject } from "./api-object.ts";
import { diskLoss } from "./disk-loss.ts";
import { isOurs, ownerLabel } from "./owner.ts";
import { scratchFolder } from "./scratch.ts";
import { wayBack } from "./way-back.ts";
import type { LedgerEntry } from "./mutation.ts";

export interface Undoable {
  kind: string;
  /** True: needs an API server, so machines come first. */
  needsApi: boolean;
  /** For undoing and seeing that it is undone. */
  limitMs: number;
  /** Machines on which it must not run beside another undo. */
  machines(args: unknown): string[];
  /** Idempotent, from any state. @throws when it is not undone */
  undo(world: World, args: unknown, signal: AbortSignal): Promise<void>;
  /** Looks, changing nothing. @throws when it is not undone */
  verify(world: World, args: unknown, signal: AbortSignal): Promise<void>;
}

export const demoNamespaceKind = "demo.namespace";
/** The ledger entry of a namespace that kubedrill is about to make as its own. */
export function namespaceEntry(of: { id: string; runId: string; namespace: string }): LedgerEntry {
  const { id, runId, namespace } = of;
  return {
    id,
    kind: demoNamespaceKind,
    args: { namespace },
    runId,
    drill: "",
    openedAt: new Date().toISOString(),
    byHand: [`kubectl delete namespace ${namespace}`],
  };
}

export const drillVolumeKind = "drill.volume";
/** The ledger entry of a volume that a drill is about to make, and of its folder on a machine. */
export function volumeEntry(
  of: Pick<LedgerEntry, "id" | "runId" | "drill">,
  args: { volume: string; machine: string; path: string },
): LedgerEntry {
  const { volume, machine, path } = args;
  return {
    ...of,
    kind: drillVolumeKind,
    args,
    openedAt: new Date().toISOString(),
    byHand: [`kubectl delete persistentvolume ${volume}`, `on ${machine}: rm -rf ${path}`],
  };
}

const undoables: readonly Undoable[] = [
  ...faultKinds.map(undoableFault),
  demoNamespace(),
  drillVolume(),
  scratchFolder(),
  wayBack(),
  diskLoss(),
  apiObject(),
];

/** @throws KubedrillError (usage) when this version does not know the kind */
export function undoable(kind: string): Undoable {
  const found = undoables.find((each) => each.kind === kind);
  if (found === undefined)
    throw usageError(`This version of kubedrill does not know how to undo "${kind}".`, {
      hint: "use the version that made the entry, or undo it by hand",
    });
  return found;
}

function undoableFault(fault: FaultKind<unknown>): Undoable {
  // What is required of targets are power operations, so a fault that requires any hits machines.
  const machines = (args: unknown) => (fault.requires.length > 0 ? fault.targets(args) : []);
  return {
    kind: fault.kind,
    needsApi: fault.needsApi === true,
    limitMs: fault.healLimitMs ?? 90_000,
    machines,
    undo: (world, args, signal) => fault.heal(world, args, signal),
    async verify(world, args, signal) {
      const states = await Promise.all(
        machines(args).map(async (name) => ({ name, state: await world.machine(name).power.status(signal) })),
      );
      const down = states.filter(({ state }) => state !== "running");
      if (down.length > 0)
        throw inconclusiveError(`${down.map(({ name, state }) => `${name} is ${state}`).join(", ")}.`);
      await fault.confirmHealed?.(world, args);
    },
  };
}

/** The namespace of the demo workload. Only one that kubedrill has labelled as its own is ever deleted. */
function demoNamespace(): Undoable {
  const schema = z.strictObject({ namespace: z.string().min(1) });
  const requestMs = 5000;
  const patienceMs = 60_000;
  const pathOf = (args: unknown) => `/api/v1/namespaces/${encodeURIComponent(schema.parse(args).namespace)}`;
  const ask = (world: World, verb: "GET" | "DELETE", args: unknown) =>
    world.kube.main.raw(verb, pathOf(args), { timeoutMs: requestMs, okStatus: [404, 409] });
  // A VIP that has just come back may move once more, and take with it what was asked through it.
  const patiently = async (world: World, verb: "GET" | "DELETE", args: unknown, signal?: AbortSignal) => {
    const answer = await until(async () => ({ found: await ask(world, verb, args) }), {
      what: `the API to answer ${verb} ${pathOf(args)}`,
      timeoutMs: patienceMs,
      intervalMs: 1000,
      signal,
    });
    return answer.found;
  };
  return {
    kind: demoNamespaceKind,
    needsApi: true,
    limitMs: 390_000,
    machines: () => [],
    async undo(world, args, signal) {
      const found = await patiently(world, "GET", args, signal);
      if (found === undefined) return;
      if (!isOurs(found))
        throw inconclusiveError(
          `The namespace ${schema.parse(args).namespace} has no label ${ownerLabel}=kubedrill; it is not deleted.`,
        );
      await patiently(world, "DELETE", args, signal);
      const { namespace } = schema.parse(args);
      const since = performance.now();
      const end = await until(
        async () => {
          const left = await ask(world, "GET", args);
          if (left === undefined) return { stuck: null };
          const stuck = whatKeeps(left);
          return stuck !== null && performance.now() - since > discoveryPatienceMs ? { stuck } : null;
        },
        { what: `the namespace ${namespace} to be gone`, timeoutMs: 210_000, intervalMs: 500, signal },
      );
      if (end.stuck !== null)
        throw inconclusiveError(
          `The namespace ${namespace} is being deleted but cannot go, because a part of the API does not answer: ${end.stuck}.`,
        );
    },
    async verify(world, args) {
      if ((await patiently(world, "GET", args)) !== undefined)
        throw inconclusiveError(`The namespace ${schema.parse(args).namespace} is still there.`);
    },
  };
}

/**
 * An API that is back has been seen by then: its availability is looked at every 30 s, what is told of it is brought up
 * to date every minute (kube-aggregator pkg/apiserver/handler_discovery.go), and the namespace controller tries again
 * after up to another one (kubernetes pkg/controller/namespace/namespace_controller.go, `nsControllerRateLimiter`).
 */
const discoveryPatienceMs = 150_000;

/**
 * What keeps a namespace from going that has nothing of its own left: an aggregated API without anybody behind it, such
 * as the metrics API. Null: nothing, as far as can be seen.
 */
function whatKeeps(namespace: unknown): string | null {
  const condition = z.object({ type: z.string(), status: z.string(), message: z.string().default("") });
  const schema = z.object({ status: z.object({ conditions: z.array(condition).default([]) }).prefault({}) });
  const failure = schema
    .parse(namespace)
    .status.conditions.find((each) => each.type === "NamespaceDeletionDiscoveryFailure");
  return failure?.status === "True" ? failure.message : null;
}

/** A volume of a drill and its folder on the machine; claims and pods go with the namespace, before or after. */
function drillVolume(): Undoable {
  const schema = z.strictObject({
    volume: z.string().min(1),
    machine: z.string().min(1),
    path: z.string().startsWith("/var/lib/kubedrill/"),
  });
  const requestMs = 10_000;
  const pathOf = (args: unknown) =>
    `/api/v1/persistentvolumes/${encodeURIComponent(schema.parse(args).volume)}`;
  const ask = (world: World, verb: "GET" | "DELETE", args: unknown) =>
    world.kube.main.raw(verb, pathOf(args), { timeoutMs: requestMs, okStatus: [404, 409] });
  return {
    kind: drillVolumeKind,
    needsApi: true,
    limitMs: 120_000,
    machines: () => [],
    async undo(world, args, signal) {
      const { volume, machine, path } = schema.parse(args);
      const there = async () => ({ volume: await ask(world, "GET", args) });
      const patience = { timeoutMs: 60_000, intervalMs: 1000, signal };
      const found = await until(there, { what: `the API to tell of the volume ${volume}`, ...patience });
      if (found.volume !== undefined && !isOurs(found.volume))
        throw inconclusiveError(
          `The volume ${volume} has no label ${ownerLabel}=kubedrill; it is not deleted.`,
        );
      await until(
        async () => {
          if ((await there()).volume === undefined) return true;
          // A claim that is still bound keeps it: nothing of a drill's is worth keeping.
          await world.kube.main.raw("PATCH", pathOf(args), {
            timeoutMs: requestMs,
            body: { metadata: { finalizers: null } },
            contentType: "application/merge-patch+json",
            okStatus: [404],
          });
          await ask(world, "DELETE", args);
          return false;
        },
        { what: `the volume ${volume} to be gone`, ...patience },
      );
      // The folder around it too, unless another volume is in there.
      const remove = `rm -rf -- ${path}; rmdir -- ${dirname(path)} 2>/dev/null || true`;
      await world.machine(machine).shell.run(remove, { timeoutMs: 20_000, signal });
    },
    async verify(world, args) {
      if ((await ask(world, "GET", args)) !== undefined)
        throw inconclusiveError(`The volume ${schema.parse(args).volume} is still there.`);
    },
  };
}
