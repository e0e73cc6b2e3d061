// From a bare checkout to a running verb: plain JavaScript for any Node ≥ 20, with nothing installed yet.
//   npm start  ·  npm test  ·  npm run test:lab  ·  npm run bench -- NAME  ·  npm run kubedrill -- VERB …
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { passSignalsOn, run, stopIfInterrupted } from "./children.mjs";
import { ensureDependencies, nodeOf } from "./dependencies.mjs";
import { ensureEngine } from "./engine.mjs";
import { ensureSystemPackages } from "./system-packages.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const minimumNode = 20;
/** What a run sets for its own thread (harness/run/start-run.ts); the bench of scale records in its first thread. */
const frugal = ["--max-semi-space-size=16", "--heap-growing-percent=30"];

/** @typedef {{ script: string, args: string[], purposes: import("./requirements.mjs").Purpose[], flags?: string[] }} Task */

const [verb = "", ...rest] = process.argv.slice(2);
passSignalsOn();
process.exitCode = await bootstrap();

/** @returns {Promise<number>} the exit code: the verb's own, or 2 when the host lacks something */
async function bootstrap() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < minimumNode)
    return refuse(`Node ${process.versions.node} is too old: install Node ${String(minimumNode)} or newer.`);
  const task = taskOf(verb, rest);
  if (task === undefined)
    return refuse(`There is no task ${verb}; use npm start, npm test or npm run kubedrill.`);
  const lab = task.purposes.includes("lab");
  if (lab && process.platform !== "linux")
    return refuse("The embedded lab runs on Linux only; use a Linux host or VM.");
  for (const prepare of [
    () => ensureSystemPackages(task.purposes),
    () => ensureDependencies(root),
    async () => (lab ? ensureEngine() : undefined),
  ]) {
    const problem = await prepare();
    stopIfInterrupted();
    if (problem !== undefined) return refuse(problem);
  }
  const { code } = await run(nodeOf(root), [...(task.flags ?? []), join(root, task.script), ...task.args], {
    cwd: process.env.INIT_CWD ?? process.cwd(),
    input: true,
    env: { ...process.env, PATH: [dirname(nodeOf(root)), process.env.PATH].join(delimiter) },
  });
  return code;
}

/** @param {string} name @param {string[]} args @returns {Task | undefined} */
function taskOf(name, args) {
  const cli = "harness/cli/main.ts";
  if (name === "test") return { script: "scripts/test.mjs", args, purposes: ["test"] };
  if (name === "test:lab") return { script: "scripts/test-lab.mjs", args, purposes: ["lab", "test"] };
  if (name === "bench")
    return { script: "bench/main.ts", args, purposes: ["lab"], flags: args[0] === "scale" ? frugal : [] };
  if (name === "start")
    return { script: cli, args: ["start", ...args], purposes: purposesOf(["start", ...args]) };
  if (name === "kubedrill") return { script: cli, args, purposes: purposesOf(args) };
  return undefined;
}

/** Only what makes machines needs the lab's packages; help and everything on other clusters needs nothing. @param {string[]} args */
function purposesOf(args) {
  const help = args.includes("--help") || args.includes("-h");
  const makesMachines = args[0] === "start" || (args[0] === "lab" && ["up", "reset"].includes(args[1] ?? ""));
  /** @type {Task["purposes"]} */
  const purposes = makesMachines && !help ? ["lab"] : [];
  return purposes;
}

/** @param {string} message */
function refuse(message) {
  console.error(`kubedrill: ${message}`);
  return 2;
}
