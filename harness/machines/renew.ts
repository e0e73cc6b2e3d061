// Machines that are made anew, with nothing on their disks but an operating system: what is there when hardware was lost and
// new one was racked. Of the embedded lab only: kubedrill has made its machines, and can make them again.
import { extname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { execa, ExecaError } from "execa";
import { inconclusiveError, messageOf } from "../base/errors.ts";
import { labDir } from "../base/paths.ts";
import { until } from "../base/until.ts";
import { readLabFile, type LabFile } from "../lab/lab-file.ts";
import type { World } from "../lab/world.ts";
import { openShell } from "../shell/open.ts";

/** For all machines together; on a small host one takes some ten seconds. */
const renewLimitMs = 5 * 60_000;
const shellLimitMs = 60_000;

export function canRenew({ embedded }: Pick<LabFile, "embedded">): boolean {
  return embedded;
}

/** What a person would type. */
export function renewByHand({ name }: Pick<LabFile, "name">, machines: readonly string[]): string {
  return `kubedrill lab replace ${machines.join(" ")} --name ${name}`;
}

/**
 * Returns when each of them is another machine, with a shell that answers: under the old name and address, with another host
 * key, which is taken from the lab file as it is then. What they had is lost.
 * @throws KubedrillError (inconclusive) when one cannot be made; it may be missing then
 */
export async function renewMachines(
  world: World,
  machines: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { name } = world.file;
  const cli = join(import.meta.dirname, "..", "cli", `main${extname(import.meta.filename)}`);
  const command = [cli, "lab", "replace", ...machines, "--name", name, "--for-run"];
  try {
    await execa(process.execPath, command, { timeout: renewLimitMs, cancelSignal: signal, stdin: "ignore" });
  } catch (error) {
    throw inconclusiveError(`${machines.join(", ")} could not be made anew: ${whyOf(error)}`, {
      cause: error,
    });
  }
  await Promise.all(
    machines.map(async (each) => {
      await trustAnew(world, each);
      const { shell } = world.machine(each);
      await until(() => shell.run("true", { timeoutMs: 5000, signal }).then(() => true), {
        what: `a shell on ${each}`,
        timeoutMs: shellLimitMs,
        intervalMs: 500,
        signal,
      });
    }),
  );
}

/** What the command has said last, without the command itself. */
function whyOf(error: unknown): string {
  if (!(error instanceof ExecaError)) return messageOf(error);
  const [, said = error.shortMessage] = /^kubedrill: (.+)$/m.exec(String(error.stderr)) ?? [];
  return said;
}

/** Connects by the host key that the lab file has now; whoever has the same as before keeps its connections. */
export async function trustAnew(world: World, name: string): Promise<void> {
  const { machines } = await readLabFile(join(labDir(world.file.name), "lab.yaml"));
  const spec = machines.find((each) => each.name === name);
  const known = world.file.machines.find((each) => each.name === name);
  if (spec === undefined || known === undefined)
    throw inconclusiveError(`The lab file has no machine ${name} any more.`);
  if (isDeepStrictEqual(spec.shell, known.shell)) return;
  known.shell = spec.shell;
  const machine = world.machine(name);
  const before = machine.shell;
  machine.shell = openShell(spec.shell, name);
  await before.close();
}
