// `npm run bench -- NAME`: measurements of kubedrill itself, by name. Not tests: they compare, they do not judge.
import { Command } from "commander";
import { exitCodes, KubedrillError, messageOf } from "../harness/base/errors.ts";
import { registerLabBench } from "./lab.ts";
import { registerLoadBench } from "./load.ts";
import { registerRestoreBench } from "./restore.ts";
import { registerScaleBench } from "./scale.ts";

const program = new Command("bench")
  .description("measure kubedrill on this machine, beside something plain")
  .showHelpAfterError("(see --help)");
for (const register of [registerLabBench, registerLoadBench, registerRestoreBench, registerScaleBench])
  register(program);

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`bench: ${messageOf(error)}\n`);
  process.exitCode = error instanceof KubedrillError ? exitCodes[error.kind] : 1;
}
