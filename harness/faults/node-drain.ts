// Drains a node as an operator does before maintenance: cordon, then evict what may be evicted. Like kubectl it cordons
// also when it then refuses to evict. Healed by uncordoning; what was evicted stays where it is made anew.
import { z } from "zod";
import { inconclusiveError } from "../base/errors.ts";
import type { World } from "../lab/world.ts";
import { decideDrain, nameOf, podSchema, type DrainPod } from "./drain-decision.ts";
import { evictAll } from "./evictions.ts";
import type { Fault, FaultKind, Say } from "./fault.ts";
import { changeNode, readNode } from "./node-object.ts";

const args = z.strictObject({
  machine: z.string().min(1),
  ignoreDaemonSets: z.boolean(),
  forceIn: z.array(z.string().min(1)),
  deleteEmptyDirData: z.boolean(),
  /** So long evictions are tried and pods waited for. */
  patienceMs: z.int().min(1000),
  /** Between two tries of an eviction that was put off. */
  retryMs: z.int().min(100),
});
export type DrainArgs = z.output<typeof args>;

const listLimitMs = 15_000;
/** Beyond patience: cordon, list, and the last answers. */
const besidesMs = 60_000;
/** Tells our cordon from an operator's, which is not ours to lift. */
const ownCordon = "kubedrill/cordoned";

/**
 * Facts that it notes: "refused" (names), "refusal" (the sentence, or null), "planned" and "evicted" (names), "drained",
 * "blocked-by" (disruption budgets of what was not evicted), "put-off" (how often), "longest-ms".
 */
export const nodeDrain: FaultKind<DrainArgs> = {
  kind: "node.drain",
  band: { label: "drained", tone: "service" },
  args,
  requires: [],
  needsApi: true,
  targets: ({ machine }) => [machine],
  title: ({ machine, forceIn }) => `drain of ${machine}${forceIn.length === 0 ? " without force" : ""}`,
  injectLimitMs: ({ patienceMs }) => patienceMs + besidesMs,
  async inject(world, drain, signal, say = () => undefined) {
    await cordon(world, drain.machine, signal);
    const decision = decideDrain(await podsOn(world, drain.machine), drain);
    const refused = decision.refused.flatMap((each) => each.pods);
    say("refused", refused);
    say(
      "refusal",
      refused.length === 0
        ? null
        : decision.refused.map(({ why, pods }) => `${why}: ${pods.join(", ")}`).join("; "),
    );
    if (refused.length > 0) {
      say("drained", false);
      return;
    }
    await evictAndTell(world, decision.evict, drain, signal, say);
  },
  async confirm(world, { machine }) {
    if ((await readNode(world, machine))?.unschedulable !== true)
      throw inconclusiveError(`The node of ${machine} is not cordoned.`);
    return `the node of ${machine} is cordoned`;
  },
  async heal(world, { machine }, signal) {
    await changeNode(
      world,
      machine,
      ({ annotations }) =>
        ownCordon in annotations ? { unschedulable: false, annotations: { [ownCordon]: null } } : null,
      signal,
    );
  },
  async confirmHealed(world, { machine }) {
    if (ownCordon in ((await readNode(world, machine))?.annotations ?? {}))
      throw inconclusiveError(`The node of ${machine} is still cordoned.`);
  },
  byHand: (world, { machine }) => {
    const { node } = world.machine(machine);
    return [`kubectl uncordon ${node}`, `kubectl annotate node ${node} ${ownCordon}-`];
  },
};

/** @param flags like kubectl's; without them it refuses where kubectl does */
export function drain(
  machine: string,
  flags: Partial<Omit<DrainArgs, "machine">> & Pick<DrainArgs, "patienceMs" | "retryMs">,
): Fault {
  const careful = { ignoreDaemonSets: false, forceIn: [], deleteEmptyDirData: false };
  return { kind: nodeDrain.kind, args: { machine, ...careful, ...flags } satisfies DrainArgs };
}

async function cordon(world: World, machine: string, signal: AbortSignal): Promise<void> {
  const before = await readNode(world, machine);
  if (before?.unschedulable === true)
    throw inconclusiveError(`The node of ${machine} is cordoned already, by somebody else.`, {
      hint: `kubectl uncordon ${world.machine(machine).node}, if that was not on purpose`,
    });
  await changeNode(
    world,
    machine,
    () => ({ unschedulable: true, annotations: { [ownCordon]: "drain" } }),
    signal,
  );
}

async function podsOn(world: World, machine: string): Promise<DrainPod[]> {
  const selector = encodeURIComponent(`spec.nodeName=${world.machine(machine).node}`);
  const list = await world.kube.main.raw("GET", `/api/v1/pods?fieldSelector=${selector}`, {
    timeoutMs: listLimitMs,
  });
  return z.object({ items: z.array(podSchema) }).parse(list).items;
}

async function evictAndTell(
  world: World,
  pods: readonly DrainPod[],
  drain: DrainArgs,
  signal: AbortSignal,
  say: Say,
): Promise<void> {
  say("planned", pods.map(nameOf).sort());
  const evictions = await evictAll(world, pods, drain, signal);
  const blocked = evictions.filter((each) => each.outcome === "blocked");
  say(
    "evicted",
    evictions
      .filter((each) => each.outcome !== "blocked")
      .map((each) => each.pod)
      .sort(),
  );
  say(
    "drained",
    evictions.every((each) => each.outcome === "gone"),
  );
  say("blocked-by", [...new Set(blocked.flatMap((each) => each.budgets))].sort());
  say(
    "put-off",
    evictions.reduce((sum, each) => sum + each.putOff, 0),
  );
  say("longest-ms", Math.round(Math.max(0, ...evictions.map((each) => each.ms))));
}
