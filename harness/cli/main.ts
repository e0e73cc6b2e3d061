#!/usr/bin/env node
// The only entry. Parses the command line, runs one verb, turns what it throws into one sentence and an exit code.
import { Command, CommanderError } from "commander";
import { exitCodes, KubedrillError, messageOf } from "../base/errors.ts";
import { registerDiscover } from "./discover.ts";
import { registerDoctor } from "./doctor.ts";
import { registerDump, registerRestoreObjects } from "./dump.ts";
import { registerHeal } from "./heal.ts";
import { registerLab } from "./lab.ts";
import { registerList } from "./list.ts";
import { registerLoad } from "./load.ts";
import { registerReport } from "./report.ts";
import { registerRebuild } from "./rebuild.ts";
import { registerSnapshot } from "./snapshot.ts";
import { registerRun } from "./run.ts";
import { registerStart } from "./start.ts";
import { kubedrillVersion } from "./version.ts";

const program = new Command("kubedrill")
  .description("Chaos and recovery drills for self-managed Kubernetes clusters")
  .version(kubedrillVersion)
  .showHelpAfterError("(see --help)")
  .exitOverride()
  .configureHelp({ helpWidth: 80 });

for (const register of [
  registerStart,
  registerRun,
  registerHeal,
  registerList,
  registerReport,
  registerLoad,
  registerSnapshot,
  registerRebuild,
  registerDump,
  registerRestoreObjects,
  registerLab,
  registerDiscover,
  registerDoctor,
])
  register(program);

// Whoever reads may leave early (`| head`), or close the terminal (EIO). What was begun is carried through all the same,
// above all healing.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
  });

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  if (error instanceof KubedrillError) {
    process.stderr.write(`kubedrill: ${messageOf(error)}\n`);
    if (error.hint !== undefined) process.stderr.write(`  next: ${error.hint}\n`);
    return exitCodes[error.kind];
  }
  process.stderr.write(
    `kubedrill: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return exitCodes.inconclusive;
}
