// A "machine" for tests: scripts run on this host with a folder of stand-in programs first in their path; its power is
// a variable.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Machine } from "../../lab/world.ts";
import type { PowerState } from "../../machines/provider.ts";
import { leashedScript } from "../../shell/remote-script.ts";
import type { StreamOptions } from "../../shell/shell.ts";

export interface LocalMachine {
  machine: Machine;
  power: PowerState;
  /** Ends every script at once, as a power cut does. */
  breakStreams(): void;
}

/** @param programs folder that comes first in PATH */
export function localMachine(name: string, programs: string): LocalMachine {
  const breaks = new Set<() => void>();
  const refuse = () => Promise.reject(new Error("not in this test"));
  const stream = async (script: string, options: StreamOptions): Promise<void> => {
    if (local.power !== "running") throw new Error(`${name} is ${local.power}`);
    const child = spawn("sh", ["-c", leashedScript(`PATH=${programs}:$PATH; ${script}`)], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    createInterface({ input: child.stdout }).on("line", options.onLine);
    const end = () => child.stdin.end();
    breaks.add(end);
    options.signal.addEventListener("abort", end, { once: true });
    if (options.signal.aborted) end();
    await once(child, "close");
    breaks.delete(end);
    if (!options.signal.aborted) throw new Error("the stream broke");
  };
  const local: LocalMachine = {
    power: "running",
    breakStreams: () => {
      for (const end of breaks) end();
    },
    machine: {
      name,
      role: "control-plane",
      address: "127.0.0.1",
      node: name,
      shell: { run: refuse, readFile: refuse, stream, close: () => Promise.resolve() },
      power: {
        operations: new Set(),
        onThisHost: false,
        status: () => Promise.resolve(local.power),
        on: refuse,
        shutdown: refuse,
        cut: refuse,
        freeze: refuse,
        thaw: refuse,
        byHand: () => "",
      },
    },
  };
  return local;
}
