// Child processes of the scripts: a time limit for each, and signals that reach the child before they end the script.
import { performance } from "node:perf_hooks";
import { spawn } from "node:child_process";
import { constants } from "node:os";

/**
 * How a child ended. `code` is what a shell would show: its exit code, 128 + n after signal n, 127 when it could not
 * be started, 124 when its time ran out.
 * @typedef {{ code: number, output: string }} Ended
 *
 * @typedef {object} ChildOptions
 * @property {number} [timeoutMs] default: no limit; then SIGTERM, and SIGKILL 10 s later
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {boolean} [quiet] its output is kept and returned, not shown
 * @property {boolean} [input] it may read this script's standard input
 */

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();
/** @type {NodeJS.Signals | undefined} */
let interruption;

/**
 * Runs a program to its end. Never rejects.
 * @param {string} command @param {readonly string[]} args @param {ChildOptions} [options]
 * @returns {Promise<Ended>}
 */
export function run(command, args, options = {}) {
  const shown = options.quiet ? "pipe" : "inherit";
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: [options.input ? "inherit" : "ignore", shown, shown],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: options.env ?? process.env,
    });
    running.add(child);
    let output = "";
    let late = false;
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => (output += String(data)));
    const stopTimer = limit(child, options.timeoutMs, () => (late = true));
    child.on("error", (error) => {
      stopTimer();
      running.delete(child);
      resolve({ code: 127, output: `${command}: ${error.message}` });
    });
    child.on("close", (code, signal) => {
      stopTimer();
      running.delete(child);
      resolve({ code: late ? 124 : (code ?? signalCode(signal)), output });
    });
  });
}

/**
 * From now on SIGINT, SIGTERM and SIGHUP go to the running children instead of ending this process, once a second at
 * most: npm passes on what the terminal has already sent. An interrupt typed at a terminal is not passed on at all,
 * because the terminal gives it to every process of the group, and a second one would mean "at once".
 */
export function passSignalsOn() {
  let lastMs = -Infinity;
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]))
    process.on(signal, () => {
      interruption = signal;
      const typed = signal === "SIGINT" && process.stdin.isTTY;
      if (running.size === 0) process.exit(signalCode(signal));
      if (typed || performance.now() - lastMs < 1000) return;
      lastMs = performance.now();
      for (const child of running) child.kill(signal);
    });
}

/** Ends this process if a signal came while a child ran: what follows the child must not happen then. */
export function stopIfInterrupted() {
  if (interruption !== undefined) process.exit(signalCode(interruption));
}

/**
 * @param {import("node:child_process").ChildProcess} child @param {number | undefined} timeoutMs
 * @param {() => void} onLate @returns {() => void} stops the clock
 */
function limit(child, timeoutMs, onLate) {
  if (timeoutMs === undefined) return () => undefined;
  /** @type {NodeJS.Timeout | undefined} */
  let kill;
  const term = setTimeout(() => {
    onLate();
    child.kill("SIGTERM");
    kill = setTimeout(() => child.kill("SIGKILL"), 10_000);
  }, timeoutMs);
  return () => {
    clearTimeout(term);
    clearTimeout(kill);
  };
}

/** @param {NodeJS.Signals | null} signal */
function signalCode(signal) {
  return 128 + (signal === null ? 0 : constants.signals[signal]);
}
