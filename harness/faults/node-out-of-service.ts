// Declares a machine that is off to be out of service, as an operator does who has seen that it is off: Kubernetes then
// removes its pods by force, and those of StatefulSets may run elsewhere. Healed by taking the taint away.
// Source: Kubernetes documentation, "Node shutdowns", "Non-graceful node shutdown handling".
import { z } from "zod";
import { inconclusiveError } from "../base/errors.ts";
import type { Fault, FaultKind } from "./fault.ts";
import { changeNode, readNode, type Taint } from "./node-object.ts";

const args = z.strictObject({ machine: z.string().min(1) });
type Args = z.output<typeof args>;

const taint: Taint = {
  key: "node.kubernetes.io/out-of-service",
  value: "nodeshutdown",
  effect: "NoExecute",
};

export const nodeOutOfService: FaultKind<Args> = {
  kind: "node.out-of-service",
  band: { label: "out of service", tone: "service" },
  args,
  requires: [],
  needsApi: true,
  targets: ({ machine }) => [machine],
  title: ({ machine }) => `declaration that ${machine} is out of service`,
  async inject(world, { machine }, signal) {
    // On a machine that runs, what it has written would be written by a second copy too.
    const state = await world.machine(machine).power.status(signal);
    if (state !== "off")
      throw inconclusiveError(`Only a machine that is off can be out of service: ${machine} is ${state}.`);
    await changeNode(
      world,
      machine,
      ({ taints }) => (taints.some(isOurs) ? null : { taints: [...taints, taint] }),
      signal,
    );
  },
  async confirm(world, { machine }) {
    if ((await readNode(world, machine))?.taints.some(isOurs) !== true)
      throw inconclusiveError(`The node of ${machine} has no taint ${inWords}.`);
    return `the node of ${machine} has the taint ${inWords}`;
  },
  async heal(world, { machine }, signal) {
    await changeNode(
      world,
      machine,
      ({ taints }) => (taints.some(isOurs) ? { taints: taints.filter((each) => !isOurs(each)) } : null),
      signal,
    );
  },
  async confirmHealed(world, { machine }) {
    if ((await readNode(world, machine))?.taints.some(isOurs) === true)
      throw inconclusiveError(`The node of ${machine} still has the taint ${inWords}.`);
  },
  byHand: (world, { machine }) => [
    `kubectl taint nodes ${world.machine(machine).node} ${taint.key}:${taint.effect}-`,
  ],
};

/** @param machine one that is off */
export function outOfService(machine: string): Fault {
  return { kind: nodeOutOfService.kind, args: { machine } satisfies Args };
}

const inWords = `${taint.key}=${taint.value ?? ""}:${taint.effect}`;

function isOurs(each: Taint): boolean {
  return each.key === taint.key && each.effect === taint.effect;
}
