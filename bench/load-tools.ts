// The tools that `bench load` measures side by side, each as a user would call it, with the processor time it took.
import { execa } from "execa";
import { findCommand } from "../scripts/requirements.mjs";

export interface Measured {
  requestsPerSecond: number;
  /** Requests for each second of processor time that the tool itself used. */
  perCpuSecond: number;
  /** ms, by percentile, as the tool says them. */
  percentiles: Record<number, number>;
}

/** What is asked for. */
export interface Front {
  /** Without a path. */
  url: string;
  path: string;
  /** Null: the address. */
  host: string | null;
}

export interface Task {
  front: Front;
  connections: number;
  seconds: number;
}

/** ab cannot be without a count when it has a time. */
const countless = "2000000";

/** @returns null when the tool is not installed */
export async function ab(task: Task, keepAlive: boolean): Promise<Measured | null> {
  const args = ["-q", "-r", ...(keepAlive ? ["-k"] : []), "-c", String(task.connections)];
  const bounds = ["-t", String(task.seconds), "-n", countless];
  const out = await timed("ab", [...args, ...bounds, ...named(task), urlOf(task)], task.seconds);
  if (out === null) return null;
  const count = figure(out.stdout, /Complete requests:\s+([\d.]+)/);
  const percentiles = [...out.stdout.matchAll(/^\s*(\d+)%\s+(\d+)/gm)].map(
    (each) => [Number(each[1]), Number(each[2])] as const,
  );
  return {
    requestsPerSecond: figure(out.stdout, /Requests per second:\s+([\d.]+)/),
    perCpuSecond: count / out.cpuSeconds,
    percentiles: Object.fromEntries(percentiles),
  };
}

/** @returns null when the tool is not installed */
export async function wrk(task: Task): Promise<Measured | null> {
  const args = ["-t1", `-c${String(task.connections)}`, `-d${String(task.seconds)}s`, "--latency"];
  const out = await timed("wrk", [...args, ...named(task), urlOf(task)], task.seconds);
  if (out === null) return null;
  const unit: Record<string, number> = { us: 0.001, ms: 1, s: 1000 };
  const percentiles = [...out.stdout.matchAll(/^\s*(\d+)%\s+([\d.]+)(us|ms|s) *$/gm)].map(
    (each) => [Number(each[1]), Number(each[2]) * (unit[each[3] ?? ""] ?? Number.NaN)] as const,
  );
  return {
    requestsPerSecond: figure(out.stdout, /Requests\/sec:\s+([\d.]+)/),
    perCpuSecond: figure(out.stdout, /(\d+) requests in/) / out.cpuSeconds,
    percentiles: Object.fromEntries(percentiles),
  };
}

/** @param threads null: as many as it takes by itself */
export async function kubedrill(
  task: Task,
  keepAlive: boolean,
  { engine = "sockets", threads = 1 }: { engine?: string; threads?: number | null } = {},
): Promise<Measured> {
  const entry = new URL("../harness/cli/main.ts", import.meta.url).pathname;
  const flags = [
    "-q",
    "--json",
    "--engine",
    engine,
    ...(threads === null ? [] : ["--workers", String(threads)]),
    ...(keepAlive ? ["-k"] : []),
  ];
  const load = ["-c", String(task.connections), "-t", String(task.seconds)];
  const { stdout } = await execa(
    process.execPath,
    [entry, "load", urlOf(task), ...named(task), ...flags, ...load],
    {
      timeout: (task.seconds + 60) * 1000,
    },
  );
  const said = JSON.parse(stdout) as {
    answered: number;
    requestsPerSecond: number;
    cpuSeconds: number;
    latencyUs: { p50: number; p90: number; p99: number };
  };
  return {
    requestsPerSecond: said.requestsPerSecond,
    perCpuSecond: said.answered / said.cpuSeconds,
    percentiles: {
      50: said.latencyUs.p50 / 1000,
      90: said.latencyUs.p90 / 1000,
      99: said.latencyUs.p99 / 1000,
    },
  };
}

function urlOf({ front }: Task): string {
  return `${front.url}${front.path}`;
}

/** All three take the header in this form. */
function named({ front }: Task): string[] {
  return front.host === null ? [] : ["-H", `Host: ${front.host}`];
}

/** With the processor time, which the shell measures: Node does not tell it of a child. */
async function timed(name: string, args: readonly string[], seconds: number) {
  const program = findCommand(name);
  if (program === undefined) return null;
  const { stdout, stderr } = await execa(
    "bash",
    ["-c", 'TIMEFORMAT="cpu %U %S"; time "$@"', "bench", program, ...args],
    { timeout: (seconds + 60) * 1000, env: { LC_ALL: "C" } },
  );
  const cpu = /cpu ([\d.]+) ([\d.]+)\s*$/.exec(stderr);
  return { stdout, cpuSeconds: Number(cpu?.[1]) + Number(cpu?.[2]) };
}

function figure(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? Number.NaN);
}
