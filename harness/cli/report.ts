// `kubedrill report RUN`: judges a recorded timeline again and renders the reports anew. Needs no cluster.
import type { Command } from "commander";
import { join } from "node:path";
import { runsDir } from "../base/paths.ts";
import { findRunDirectory } from "../run/run-directory.ts";
import { readTimeline } from "../timeline/read.ts";
import { exitCodeOf } from "../verdict/exit-code.ts";
import { judgeRun } from "../verdict/judge-run.ts";
import { writeReports } from "../../reports/write.ts";

export function registerReport(program: Command): void {
  program
    .command("report")
    .description("judge a recorded run again and write its reports anew")
    .argument("[run]", "a run directory, an id below --out, or latest", "latest")
    .option("--out <dir>", "where run directories are", runsDir())
    .addHelpText("after", "\nExample: kubedrill report latest")
    .action(async (run: string, options: { out: string }) => {
      const path = await findRunDirectory(options.out, run);
      const store = await readTimeline(join(path, "timeline.jsonl"));
      const verdict = judgeRun(store);
      const files = await writeReports(path, store, verdict);
      process.stdout.write(`${files.terminal(process.stdout.isTTY)}\n\nreport: ${files.html}\n`);
      process.exitCode = exitCodeOf(verdict);
    });
}
