// Machines that are system containers of a local engine. A power cut is SIGKILL to the container's init, which takes
// the whole process tree with it in one instant; a clean shutdown is the image's own stop signal, and never more.
import { z } from "zod";
import { inconclusiveError } from "../base/errors.ts";
import { until } from "../base/until.ts";
import { engine, EngineRefusal } from "./engine.ts";
import { thawingInside } from "./frozen-leftovers.ts";
import type { MachinePower, PowerOperation, PowerState } from "./provider.ts";

const statusLimitMs = 10_000;
const switchLimitMs = 30_000;
/** systemd gives services 90 s by default before it ends them itself. */
const shutdownLimitMs = 120_000;

/**
 * @param container name or id
 * @param machine what messages call it
 * @param limits for tests of machines that do not react
 */
export function dockerPower(
  container: string,
  machine: string,
  limits: { shutdownMs: number } = { shutdownMs: shutdownLimitMs },
): MachinePower {
  const path = `/containers/${encodeURIComponent(container)}`;
  const status = (signal?: AbortSignal): Promise<PowerState> => stateOf(path, signal);
  const refuse = (operation: string, state: PowerState) =>
    inconclusiveError(`${machine} cannot be ${operation}: it is ${state}.`, {
      hint: `docker ps -a --filter name=${container} shows it`,
    });
  /** Gives an order; a refusal is fine when the machine is then as wanted, because someone else was faster. */
  const order = async (action: string, wanted: PowerState, signal?: AbortSignal): Promise<void> => {
    try {
      await engine("POST", `${path}/${action}`, { timeoutMs: switchLimitMs, signal });
    } catch (error) {
      if (!(error instanceof EngineRefusal)) throw error;
      if ((await status(signal)) === wanted) return;
      throw inconclusiveError(`The engine refuses to ${action} ${machine}: ${error.message}.`, {
        cause: error,
      });
    }
    await until(async () => (await status(signal)) === wanted, {
      what: `${machine} to be ${wanted}`,
      timeoutMs: switchLimitMs,
      intervalMs: 20,
      signal,
    });
  };

  return {
    operations: new Set<PowerOperation>(["on", "shutdown", "cut", "freeze", "thaw"]),
    onThisHost: true,
    status,
    async on(signal) {
      const state = await status(signal);
      if (state === "missing") throw refuse("powered on", state);
      if (state === "frozen") await order("unpause", "running", signal);
      if (state === "off") await order("start", "running", signal);
    },
    async shutdown(signal) {
      const state = await status(signal);
      if (state === "off") return;
      // A hung machine cannot react; the engine would hold the request back and end it hard at last.
      if (state !== "running") throw refuse("shut down", state);
      await shutDown(path, machine, byHand(container, "cut"), limits.shutdownMs, signal);
    },
    async cut(signal) {
      // No look beforehand: several machines are to lose power at the same instant.
      await thawingInside(() => idOf(path), order("kill?signal=KILL", "off", signal));
    },
    async freeze(signal) {
      const state = await status(signal);
      if (state === "frozen") return;
      if (state !== "running") throw refuse("frozen", state);
      await order("pause", "frozen", signal);
    },
    async thaw(signal) {
      if ((await status(signal)) === "frozen") await order("unpause", "running", signal);
    },
    byHand: (operation) => byHand(container, operation),
  };
}

const inspected = z.object({ Id: z.string(), State: z.object({ Status: z.string() }) });

async function idOf(path: string): Promise<string> {
  return inspected.parse(await engine("GET", `${path}/json`, { timeoutMs: statusLimitMs })).Id;
}

async function stateOf(path: string, signal?: AbortSignal): Promise<PowerState> {
  try {
    const answer = await engine("GET", `${path}/json`, { timeoutMs: statusLimitMs, signal });
    return fromEngine(inspected.parse(answer).State.Status);
  } catch (error) {
    if (error instanceof EngineRefusal && error.status === 404) return "missing";
    if (error instanceof EngineRefusal)
      throw inconclusiveError(`The engine: ${error.message}.`, { cause: error });
    throw error;
  }
}

function fromEngine(state: string): PowerState {
  switch (state) {
    case "running":
      return "running";
    case "paused":
      return "frozen";
    // Nothing lives in one that is being removed or restarted either.
    default:
      return "off";
  }
}

/** Sends the stop signal and waits; when it takes too long that is an error, and the machine is left as it is. */
async function shutDown(
  path: string,
  machine: string,
  byHandHint: string,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<void> {
  try {
    // With t=-1 the engine waits for ever instead of ending the machine hard.
    await engine("POST", `${path}/stop?t=-1`, { timeoutMs, signal });
  } catch (error) {
    signal?.throwIfAborted();
    if ((await stateOf(path, signal)) === "off") return;
    throw inconclusiveError(
      `${machine} did not shut down within ${String(timeoutMs / 1000)} s; it was not ended hard.`,
      { cause: error, hint: byHandHint },
    );
  }
}

function byHand(container: string, operation: PowerOperation): string {
  const verb = { on: "start", shutdown: "stop --time -1", cut: "kill", freeze: "pause", thaw: "unpause" }[
    operation
  ];
  return `docker ${verb} ${container}`;
}
