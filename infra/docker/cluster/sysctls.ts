// Kernel settings of the host that labs need. The old values are kept while any lab exists and come back with the last.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { stateDir } from "../../../harness/base/paths.ts";

/** Each systemd, kubelet and containerd of each machine takes inotify instances, of one count for the whole host. */
const wanted: Record<string, number> = {
  "fs/inotify/max_user_instances": 8192,
  "fs/inotify/max_user_watches": 1_048_576,
};

/** Raises what is too low, and writes down what was there before the first lab. */
export async function raiseSysctls(): Promise<void> {
  const before = (await savedValues()) ?? (await currentValues());
  await mkdir(stateDir(), { recursive: true });
  await writeFile(savedPath(), JSON.stringify(before));
  for (const [name, value] of Object.entries(wanted))
    if (((await currentValues())[name] ?? 0) < value) await writeSysctl(name, value);
}

/** Puts the old values back, unless somebody has changed them since. To be called when no lab is left. */
export async function restoreSysctls(): Promise<void> {
  const before = await savedValues();
  if (before === undefined) return;
  const now = await currentValues();
  for (const [name, value] of Object.entries(before))
    if (now[name] === wanted[name] && value < (wanted[name] ?? 0)) await writeSysctl(name, value);
  await rm(savedPath(), { force: true });
}

async function currentValues(): Promise<Record<string, number>> {
  const names = Object.keys(wanted);
  const values = await Promise.all(names.map((name) => readFile(join("/proc/sys", name), "utf8")));
  return Object.fromEntries(names.map((name, index) => [name, Number(values[index])]));
}

async function writeSysctl(name: string, value: number): Promise<void> {
  await writeFile(join("/proc/sys", name), String(value));
}

async function savedValues(): Promise<Record<string, number> | undefined> {
  try {
    return z.record(z.string(), z.number()).parse(JSON.parse(await readFile(savedPath(), "utf8")));
  } catch {
    // Absent: no lab yet. Cut off in the middle of writing: nothing had been raised.
    return undefined;
  }
}

function savedPath(): string {
  return join(stateDir(), "sysctls-before-labs.json");
}
