// `kubedrill load URL`: what ab does, with ab's flags and ab's table, and with figures that hold when the target stalls.
import type { Command } from "commander";
import { exitCodes, usageError } from "../base/errors.ts";
import { startLoad, type LoadResult } from "../load/load.ts";
import { preflight } from "../load/preflight.ts";
import { abTable } from "../load/show/ab-table.ts";
import { asciiTimeline } from "../load/show/ascii-timeline.ts";
import { writeLoadFiles, writePercentiles } from "../load/show/files.ts";
import { loadProgress } from "../load/show/progress.ts";
import { summaryOf } from "../load/show/summary.ts";
import type { WorkerFigures } from "../distributed/run.ts";
import { workersTable } from "../distributed/workers-table.ts";
import { labOption, nameOption } from "./lab-option.ts";
import { loadFromPods, type DistributedFlags } from "./load-distributed.ts";
import { loadPlanOf, type LoadFlags } from "./load-plan.ts";

interface LoadOptions extends LoadFlags, DistributedFlags {
  q?: true;
  json?: true;
  out?: string;
  csv?: string;
}

const examples = `
Examples:
  kubedrill load http://10.0.0.10:30080/ -n 100000 -c 100 -k
  kubedrill load https://shop.example/ --rate 500 --poisson -t 60 --out results
  kubedrill load http://10.0.0.21/ -H "Host: shop" -c 400 -t 60 -k --distributed 4

Without --rate the loop is closed: -c connections, each sending when it has its
answer, as ab does. With --rate it is open: requests are due at that rate
whatever the target does, and latency counts from when they were due.`;

export function registerLoad(program: Command): void {
  program
    .command("load")
    .description("send requests to a URL and print ab's table of how they were answered")
    .argument("<url>", "http or https")
    .option("-n <requests>", "so many requests (default: 1000, unless -t or --rate)")
    .option("-c <connections>", "at once (default: 10; with --rate at most 1000)")
    .option("-t <seconds>", "nothing is sent after that (default: 600; 10 with --rate)")
    .option("-s <seconds>", "time-out of a request", "30")
    .option("-k", "keep connections alive")
    .option("-H <header>", '"Name: value"; again for more', gather)
    .option("-m <method>", "method (default: GET, POST with -p)")
    .option("-p <file>", "send this file as body")
    .option("-T <type>", "its content type", "text/plain")
    .option("-q", "no progress")
    .option("-r", "go on after errors (always so; for the sake of ab's users)")
    .option("--rate <r>", "open loop: requests a second, at even distances")
    .option("--poisson", "at random distances, as independent users")
    .option("--workers <n>", "threads (default: one less than processors; all with neither -k nor --rate)")
    .option("--engine <name>", "sockets, or autocannon as a second opinion (-k)", "sockets")
    .option("--cacert <file>", "trust this authority (PEM)")
    .option("--insecure", "trust any certificate")
    .option("--json", "print a summary as JSON instead of the table")
    .option("--out <dir>", "write latency.hlog, seconds.csv and summary.json")
    .option("--csv <file>", "write percentiles as ab -e does")
    .option("--distributed <n>", "from so many pods of a cluster, all begun at one instant")
    .option("--image <name>", "image of those pods (the embedded lab makes its own)")
    .option("--node-selector <key=value>", "only on nodes with this label; again for more", gather)
    .option("--dry-run", "print the objects of those pods, and do nothing")
    .option(...labOption)
    .option(...nameOption)
    .addHelpText("after", examples)
    .action(async (url: string, options: LoadOptions) => {
      process.exitCode = await load(url, options);
    });
}

async function load(url: string, options: LoadOptions): Promise<number> {
  if (options.distributed !== undefined) return fromPods(url, options);
  const plan = await loadPlanOf(url, options);
  const tls = await preflight(plan);
  const progress = loadProgress(options.q === true ? null : process.stderr, plan);
  const running = startLoad(plan, { onSecond: progress.second });
  const interruption = listenForInterruption();
  interruption.signal.addEventListener("abort", () => void running.stop());
  let result: LoadResult;
  try {
    result = await running.result;
  } finally {
    interruption.end();
    progress.end();
  }
  const interrupted = interruption.signal.aborted;
  if (!interrupted) refuseSilence(result);
  await show(result, options, { tls });
  if (plan.maxRequests !== null && result.sent < plan.maxRequests && !interrupted)
    process.stderr.write(
      `kubedrill: the time was over after ${String(result.sent)} of ${String(plan.maxRequests)} requests (-t)\n`,
    );
  return interrupted ? exitCodes.interrupted : 0;
}

/** The same load, table and files, from pods of the lab. */
async function fromPods(url: string, options: LoadOptions): Promise<number> {
  const plan = await loadPlanOf(url, { ...options, workers: options.workers ?? "1" }, false);
  const interruption = listenForInterruption();
  try {
    const load = await loadFromPods(plan, options, interruption.signal);
    if (load === null) return 0;
    if (!interruption.signal.aborted) refuseSilence(load.result);
    await show(load.result, options, { tls: null, workers: load.workers });
  } finally {
    interruption.end();
  }
  return interruption.signal.aborted ? exitCodes.interrupted : 0;
}

/** Aborts at the first Ctrl-C, so that a load ends with what it has; until `end`, which gives signals back. */
function listenForInterruption(): { signal: AbortSignal; end(): void } {
  const interrupted = new AbortController();
  const interrupt = () => {
    interrupted.abort();
  };
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  return {
    signal: interrupted.signal,
    end: () => {
      process.off("SIGINT", interrupt);
      process.off("SIGTERM", interrupt);
    },
  };
}

async function show(
  result: LoadResult,
  options: LoadOptions,
  more: { tls: Parameters<typeof abTable>[1]; workers?: readonly WorkerFigures[] },
): Promise<void> {
  const { tls, workers } = more;
  if (options.out !== undefined) await writeLoadFiles(options.out, result);
  if (options.csv !== undefined) await writePercentiles(options.csv, result);
  if (options.json === true) {
    const summary = { ...summaryOf(result), ...(workers === undefined ? {} : { pods: workers }) };
    process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
    return;
  }
  process.stdout.write(abTable(result, tls));
  if (workers !== undefined) process.stdout.write(`\n${workersTable(workers)}`);
  if (process.stdout.isTTY) process.stdout.write(`\n${asciiTimeline(result.seconds)}`);
}

/** A target that never answered gives no figures, and a table of nothing must not look like a result. */
function refuseSilence({ plan, sent, failures, histograms }: LoadResult): void {
  if (sent === 0 || histograms.total.totalCount > 0) return;
  const kinds = Object.entries(failures).map(([kind, count]) => `${kind} ${String(count)}`);
  throw usageError(`${plan.url} answered none of ${String(sent)} requests: ${kinds.join(", ")}.`);
}

function gather(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}
