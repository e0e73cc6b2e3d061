// A machine that was powered on, until it has booted: looked at from outside, because whoever runs programs inside one that
// is booting is part of what happens there.
import { once } from "node:events";
import { connect } from "node:net";
import { inconclusiveError, messageOf } from "../../../harness/base/errors.ts";
import { until } from "../../../harness/base/until.ts";
import { onMachine } from "./engine.ts";
import type { MachinePlan } from "./layout.ts";

const bootLimitMs = 60_000;
const lookLimitMs = 10_000;

/**
 * Returns when its SSH server and containerd are there.
 * @throws KubedrillError (inconclusive) that says what its systemd is still at
 */
export async function waitForBoot(machine: MachinePlan): Promise<void> {
  const { name, container } = machine;
  const limits = { timeoutMs: bootLimitMs, intervalMs: 100 };
  const socket = ["test", "-S", "/run/containerd/containerd.sock"];
  try {
    await until((signal) => greetsBySsh(machine, signal), { ...limits, what: `${name} to boot` });
    await until(() => onMachine(container, socket).then(() => true), {
      ...limits,
      what: `containerd on ${name}`,
    });
  } catch (error) {
    throw inconclusiveError(`${messageOf(error)} systemd on ${name}: ${await jobsOf(machine)}`, {
      cause: error,
    });
  }
}

/** The server speaks first (RFC 4253, 4.2). @throws Error when it does not */
export async function greetsBySsh(
  { name, address }: Pick<MachinePlan, "name" | "address">,
  signal: AbortSignal,
): Promise<true> {
  const socket = connect({ host: address, port: 22 });
  try {
    await once(socket, "data", { signal: AbortSignal.any([signal, AbortSignal.timeout(2000)]) });
    return true;
  } catch (error) {
    throw new Error(`${name} does not answer by SSH: ${messageOf(error)}`, { cause: error });
  } finally {
    socket.destroy();
  }
}

/** What it has not done yet, and what failed with its last words, in one line. */
async function jobsOf({ container }: MachinePlan): Promise<string> {
  const failed = "systemctl --failed --plain --no-legend";
  const lastWords = `${failed} | while read unit _; do journalctl --boot --no-pager --output=cat --lines=3 _SYSTEMD_UNIT="$unit"; done`;
  const script = `systemctl is-system-running; systemctl list-jobs --no-legend; ${failed}; ${lastWords}`;
  const asked = onMachine(container, ["sh", "-c", `${script}; true`], { timeoutMs: lookLimitMs });
  return messageOf(await asked.catch(messageOf)).replaceAll(/\s+/g, " ");
}
