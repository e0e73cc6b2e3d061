// What the faults that hit whole machines have in common.
import { connect } from "node:net";
import { z } from "zod";
import { inconclusiveError } from "../base/errors.ts";
import { until } from "../base/until.ts";
import type { Machine, World } from "../lab/world.ts";
import type { PowerState } from "../machines/provider.ts";

export const machineArgs = z.strictObject({ machines: z.array(z.string().min(1)).min(1) });
export type MachineArgs = z.output<typeof machineArgs>;

/** A living machine of a lab answers in less than a millisecond, a busy one in some ten. */
const silenceMs = 1000;
const kubeletPort = 10_250;
const healLimitMs = 60_000;

export function machinesOf(world: World, args: MachineArgs): Machine[] {
  return args.machines.map((name) => world.machine(name));
}

/** "cp1", "cp1 and cp2", "cp1, cp2 and cp3". */
export function named(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}

/** Breaking what is broken already proves nothing. @throws KubedrillError (inconclusive) naming what is not running */
export async function allRunning(machines: readonly Machine[], signal: AbortSignal): Promise<void> {
  const states = await statesOf(machines, signal);
  const bad = states.filter(({ state }) => state !== "running");
  if (bad.length > 0)
    throw inconclusiveError(
      `A fault needs running machines: ${bad.map(({ name, state }) => `${name} is ${state}`).join(", ")}.`,
      { hint: "kubedrill heal puts the lab back" },
    );
}

/** @returns "cp1 is off and silent" @throws when a machine is not off, or something still answers at its address */
export async function confirmOff(world: World, args: MachineArgs, signal: AbortSignal): Promise<string> {
  const machines = machinesOf(world, args);
  const [states, answers] = await Promise.all([
    statesOf(machines, signal),
    Promise.all(machines.map((each) => answering(world, each, signal))),
  ]);
  const wrong = [
    ...states.filter(({ state }) => state !== "off").map(({ name, state }) => `${name} is ${state}`),
    ...answers.filter((each) => each !== null),
  ];
  if (wrong.length > 0) throw inconclusiveError(`Not off: ${wrong.join(", ")}.`);
  return `${named(args.machines)} ${args.machines.length === 1 ? "is" : "are"} off by the provider's word, and silent on the network`;
}

/** Brings machines back to running from whatever state they are in. Does not wait until they are booted. */
export async function bringBack(world: World, args: MachineArgs, signal: AbortSignal): Promise<void> {
  const results = await Promise.allSettled(
    machinesOf(world, args).map(async (machine) => {
      await machine.power.on(signal);
      await until(async () => (await machine.power.status(signal)) === "running", {
        what: `${machine.name} to run`,
        timeoutMs: healLimitMs,
        intervalMs: 200,
        signal,
      });
    }),
  );
  // All were tried before the first failure is told: one stuck machine must not keep the others off.
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

export function bringBackByHand(world: World, args: MachineArgs): string[] {
  return machinesOf(world, args).map((machine) => machine.power.byHand("on"));
}

async function statesOf(
  machines: readonly Machine[],
  signal: AbortSignal,
): Promise<{ name: string; state: PowerState }[]> {
  return Promise.all(machines.map(async ({ name, power }) => ({ name, state: await power.status(signal) })));
}

/** What still answers at the machine's address, or null. A refusal is an answer too: somebody lives there. */
async function answering(world: World, machine: Machine, signal: AbortSignal): Promise<string | null> {
  const spec = world.file.machines.find((each) => each.name === machine.name);
  const sshPort = spec?.shell.via === "ssh" ? spec.shell.port : 22;
  const ports = [sshPort, kubeletPort];
  const answers = await Promise.all(ports.map((port) => knock(machine.address, port, signal)));
  const index = answers.findIndex((answered) => answered);
  return index < 0 ? null : `${machine.address}:${String(ports[index])} of ${machine.name} still answers`;
}

function knock(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, signal: AbortSignal.any([signal, AbortSignal.timeout(silenceMs)]) });
    socket.on("connect", () => {
      resolve(true);
      socket.destroy();
    });
    socket.on("error", (error) => {
      resolve("code" in error && error.code === "ECONNREFUSED");
    });
  });
}
