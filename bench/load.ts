// `kubedrill load` beside ab and wrk on one local server in one run: how many requests, for how much processor time, and
// whether the latencies are true, against a server that knows what it did to whom.
import type { Command } from "commander";
import { execa } from "execa";
import { startLoad } from "../harness/load/load.ts";
import { startNginx } from "./load-nginx.ts";
import { behindIngress } from "./lab-front.ts";
import type { Answered } from "./load-server.ts";
import { ab, kubedrill, wrk, type Front, type Measured, type Task } from "./load-tools.ts";

const accuracySeconds = 10;
const accuracyRateHz = 200;
const percentiles = [50, 90, 99];

export function registerLoadBench(program: Command): void {
  program
    .command("load")
    .description("throughput and accuracy of `kubedrill load` beside ab, ab -k and wrk")
    .option("--seconds <s>", "how long each tool sends in a round", Number, 5)
    .option("--rounds <n>", "how often; the median is shown", Number, 3)
    .option("--only <part>", "throughput or accuracy")
    .option("--lab <name>", "also through the ingress of this lab, which must be up")
    .addHelpText("after", "\nExample: npm run bench -- load --rounds 5")
    .action(async ({ seconds, rounds, only, lab }: Options) => {
      if (only !== "accuracy") await throughput(seconds, rounds);
      if (only !== "accuracy" && lab !== undefined)
        await behindIngress(lab, (front) => compare(`the ingress of ${lab}`, front, seconds, rounds));
      if (only !== "throughput") await accuracy();
    });
}

interface Options {
  seconds: number;
  rounds: number;
  only?: string;
  lab?: string;
}

async function throughput(seconds: number, rounds: number): Promise<void> {
  const server = (await startNginx()) ?? (await startServer("plain"));
  try {
    await compare(`${server.name} on this host, 612 bytes`, server.front, seconds, rounds);
  } finally {
    await server.end();
  }
}

async function compare(what: string, front: Front, seconds: number, rounds: number): Promise<void> {
  const tools: Record<string, (task: Task) => Promise<Measured | null>> = {
    ab: (task) => ab(task, false),
    kubedrill: (task) => kubedrill(task, false, { threads: null }),
    "kubedrill, one": (task) => kubedrill(task, false),
    "ab -k": (task) => ab(task, true),
    wrk,
    "kubedrill -k": (task) => kubedrill(task, true),
    autocannon: (task) => kubedrill(task, true, { engine: "autocannon" }),
  };
  const all = new Map<string, Measured[]>();
  for (let round = 0; round < rounds; round += 1)
    for (const [name, run] of Object.entries(tools)) {
      say(`round ${String(round + 1)}: ${name}`);
      const measured = await run({ front, connections: 50, seconds });
      if (measured !== null) all.set(name, [...(all.get(name) ?? []), measured]);
    }
  const rows = Object.keys(tools).map((name) => row(name, all.get(name)));
  const ratio = (key: "requestsPerSecond" | "perCpuSecond", one: string, other: string) =>
    (middle(all.get(one), key) / middle(all.get(other), key)).toFixed(2);
  print([
    `\nThroughput: ${what}, 50 connections, one thread but for "kubedrill" as it is typed, median of the rounds`,
    "tool              requests/s   per CPU second",
    ...rows,
    `keep-alive off, against ab:               ${ratio("requestsPerSecond", "kubedrill", "ab")} × requests/s (goal 1), ${ratio("perCpuSecond", "kubedrill", "ab")} × per CPU second`,
    `keep-alive off, one thread, against ab:   ${ratio("requestsPerSecond", "kubedrill, one", "ab")} × requests/s`,
    `keep-alive, against ab without:           ${ratio("requestsPerSecond", "kubedrill -k", "ab")} × requests/s (goal 3); wrk: ${ratio("requestsPerSecond", "wrk", "ab")} ×`,
    `keep-alive, against wrk:                  ${ratio("perCpuSecond", "kubedrill -k", "wrk")} × per CPU second (goal 0.85), ${ratio("requestsPerSecond", "kubedrill -k", "wrk")} × requests/s`,
  ]);
}

/**
 * Users come at a constant rate; the server delays and stalls as it says. What they felt is its own record: the k-th
 * request was due at a known instant and was answered between two recorded ones, before and after the server wrote the
 * answer, which takes Node some 0.1 ms. Tools with a closed loop see the same server.
 */
async function accuracy(): Promise<void> {
  say("accuracy: open loop");
  const server = await startServer("odd");
  const { plan, result, record } = await openLoop(server);
  const felt = (side: 0 | 1) => {
    const sorted = record
      .map((each, index) => (each[side] - (result.startUs + (index * 1e6) / accuracyRateHz)) / 1000)
      .toSorted((a, b) => a - b);
    return percentiles.map((each) => sorted[Math.ceil((each / 100) * sorted.length) - 1] ?? Number.NaN);
  };
  const truth: Truth = { from: felt(0), to: felt(1) };
  const lines = [
    `\nAccuracy: ${String(accuracyRateHz)} users a second for ${String(accuracySeconds)} s; answers take 2 ms, one in fifteen 20 ms; one stall of 1.5 s`,
    "latency in ms       p50       p90       p99    within 2 % or 100 µs",
    line("server: writes it", truth.from, null),
    line("server: wrote it", truth.to, null),
    line(
      "kubedrill --rate",
      percentiles.map((each) => result.histograms.total.getValueAtPercentile(each) / 1000),
      truth,
    ),
  ];
  const closed: Record<string, (task: Task) => Promise<Measured | null>> = {
    "kubedrill -k": (task) => kubedrill(task, true),
    "ab -k": (task) => ab(task, true),
    wrk,
  };
  for (const [name, run] of Object.entries(closed)) {
    say(`accuracy: ${name}`);
    const target = await startServer("odd");
    const measured = await run({ front: target.front, connections: 10, seconds: accuracySeconds });
    await target.end();
    lines.push(
      measured === null
        ? `${name.padEnd(16)} missing: not installed`
        : line(
            `${name}, closed`,
            percentiles.map((each) => measured.percentiles[each] ?? Number.NaN),
            truth,
          ),
    );
  }
  const late = result.histograms.late;
  const lateMs = late.totalCount === 0 ? 0 : late.getValueAtPercentile(99) / 1000;
  print([
    ...lines,
    `this host began 1 in 100 requests more than ${lateMs.toFixed(2)} ms late; ${String(result.sent)} sent over up to ${String(plan.connections)} connections`,
  ]);
}

async function openLoop(server: BenchServer) {
  const plan = {
    engine: "sockets" as const,
    url: `${server.front.url}/`,
    address: "127.0.0.1",
    method: "GET",
    headers: [],
    body: null,
    keepAlive: true,
    connections: 500,
    arrival: { kind: "constant" as const, rateHz: accuracyRateHz, spin: true, seed: 1 },
    maxRequests: null,
    durationMs: accuracySeconds * 1000,
    timeoutMs: 30_000,
    tls: { verify: true },
    workers: 1,
    eachRequest: false,
  };
  const result = await startLoad(plan).result;
  return { plan, result, record: await server.end() };
}

interface BenchServer {
  name: string;
  front: Front;
  /** What the server recorded, by request. */
  end(): Promise<Answered[]>;
}

async function startServer(kind: "plain" | "odd"): Promise<BenchServer> {
  const file = new URL("load-server.ts", import.meta.url).pathname;
  const process_ = execa(process.execPath, [file, kind], { stdin: "pipe", buffer: false });
  const lines = process_.iterable();
  const nextLine = async () => {
    const line = await lines.next();
    return line.done === true ? "" : line.value;
  };
  const port = await nextLine();
  return {
    name: "a server of plain sockets",
    front: { url: `http://127.0.0.1:${port}`, path: "/", host: null },
    async end() {
      process_.stdin.end();
      const record = await nextLine();
      await process_;
      return JSON.parse(record) as Answered[];
    },
  };
}

function row(name: string, runs: readonly Measured[] | undefined): string {
  if (runs === undefined) return `${name.padEnd(16)}  missing: not installed`;
  const each = (key: "requestsPerSecond" | "perCpuSecond") => middle(runs, key).toFixed(0);
  return `${name.padEnd(16)} ${each("requestsPerSecond").padStart(11)} ${each("perCpuSecond").padStart(16)}`;
}

/** Between these two lies what users felt, ms, by percentile. */
interface Truth {
  from: number[];
  to: number[];
}

function line(name: string, values: readonly number[], truth: Truth | null): string {
  const cells = values.map((each) => each.toFixed(2).padStart(9)).join(" ");
  if (truth === null) return `${name.padEnd(19)}${cells}`;
  const good = values.map((each, index) => {
    const [from, to] = [truth.from[index] ?? Number.NaN, truth.to[index] ?? Number.NaN];
    const allowed = (real: number) => Math.max(0.1, real * 0.02);
    return each >= from - allowed(from) && each <= to + allowed(to) ? "yes" : "no";
  });
  return `${name.padEnd(19)}${cells}    ${good.join(", ")}`;
}

function middle(runs: readonly Measured[] | undefined, key: "requestsPerSecond" | "perCpuSecond"): number {
  const values = (runs ?? []).map((each) => each[key]).toSorted((a, b) => a - b);
  return values[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
