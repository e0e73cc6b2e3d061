// How fast the lab comes up, and what it costs to have it, beside a plain sequential kubeadm bring-up in the same run and
// to the same end state: all nodes Ready, fresh metrics of every node, an answer through every ingress, SSH.
import type { Command } from "commander";
import { rm } from "node:fs/promises";
import { labDir } from "../harness/base/paths.ts";
import { removeLab } from "../infra/docker/cluster/down.ts";
import { labDown, labReset, labUp } from "../infra/docker/lab.ts";
import { ensureMachineImage } from "../infra/docker/machine-image/ensure-machine-image.ts";
import { idleCost } from "./lab-idle.ts";
import { plainUp } from "./lab-plain.ts";
import { leavingNothing } from "./leaving-nothing.ts";

const name = "bench";
const plainName = "bench-plain";

interface Run {
  path: string;
  /** Until the end state was seen. */
  seconds: number;
  /** Until the command was through. */
  returnedSeconds: number;
  /** What was reached when, in the program's own words. */
  steps: string[];
}

export function registerLabBench(program: Command): void {
  program
    .command("lab")
    .description("up from nothing, up and reset from the golden state, a plain bring-up, and the idle cost")
    .option("--repeat <times>", "how often each path is taken; the median is shown", Number, 1)
    .addHelpText("after", "\nExample: npm run bench -- lab --repeat 3")
    .action(async ({ repeat }: { repeat: number }) => {
      await benchLab(repeat);
    });
}

async function benchLab(repeat: number): Promise<void> {
  await leavingNothing(
    () => compare(repeat),
    async () => {
      await removeLab(plainName);
      await rm(labDir(plainName), { recursive: true, force: true });
      await labDown({ name, forget: true });
    },
  );
}

async function compare(repeat: number): Promise<void> {
  const image = await ensureMachineImage({ onProgress: say });
  const runs: Run[] = [];
  for (let round = 0; round < repeat; round += 1) {
    await removeLab(plainName);
    runs.push(await measure("plain", (onProgress) => plainUp(plainName, image, onProgress)));
    await removeLab(plainName);
    await labDown({ name, forget: true });
    runs.push(await measure("fresh", (onProgress) => labUp({ name, onProgress })));
    await labDown({ name });
    runs.push(await measure("golden", (onProgress) => labUp({ name, onProgress })));
    runs.push(await measure("reset", (onProgress) => labReset({ name, onProgress })));
  }
  print(runs);
  say("idle cost: waiting a minute for the lab to settle, then looking for another");
  const idle = await idleCost(name);
  process.stdout.write(`idle: ${idle.cores.toFixed(2)} cores, ${idle.memoryGiB.toFixed(2)} GiB\n`);
}

async function measure(
  path: string,
  up: (onProgress: (line: string) => void) => Promise<unknown>,
): Promise<Run> {
  say(`-- ${path}`);
  const start = performance.now();
  const passed = () => (performance.now() - start) / 1000;
  const steps: string[] = [];
  let seconds = 0;
  await up((line) => {
    say(line);
    steps.push(line);
    // The end state is four findings; whatever comes after them is housekeeping.
    if (/nodes Ready|metrics of|through every ingress|SSH on/.test(line)) seconds = passed();
  });
  return { path, seconds, returnedSeconds: passed(), steps };
}

function print(runs: readonly Run[]): void {
  const plain = median(runs, "plain", "seconds");
  const rows = ["plain", "fresh", "golden", "reset"].map((path) => {
    const seconds = median(runs, path, "seconds");
    return [
      path.padEnd(8),
      `${seconds.toFixed(1)} s`.padStart(10),
      `${median(runs, path, "returnedSeconds").toFixed(1)} s`.padStart(10),
      `${(plain / seconds).toFixed(2)} ×`.padStart(8),
    ].join("  ");
  });
  const head = ["path    ", " end state", "   returns", " speed-up"].join("  ");
  process.stdout.write(`${[head, ...rows].join("\n")}\n`);
}

function median(runs: readonly Run[], path: string, key: "seconds" | "returnedSeconds"): number {
  const values = runs.filter((each) => each.path === path).map((each) => each[key]);
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
