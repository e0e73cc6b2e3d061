// `npm test`: lint, types, dead code, format, then unit and component tests; ends with one plain line that counts them.
import { performance } from "node:perf_hooks";
import { join } from "node:path";
import { passSignalsOn, run, stopIfInterrupted } from "./children.mjs";
import { ending, sum } from "./tally.mjs";
import { root, runVitest } from "./vitest.mjs";

const checkTimeoutMs = 10 * 60_000;
const vitestTimeoutMs = 20 * 60_000;

/** Each is one test. Two lanes side by side: two cores are the least that is counted on. */
const lanes = [
  [
    { name: "lint", program: "eslint/bin/eslint.js", args: ["."] },
    { name: "dead code", program: "knip/bin/knip.js", args: [] },
  ],
  [
    { name: "types", program: "typescript/bin/tsc", args: ["--noEmit"] },
    { name: "report types", program: "typescript/bin/tsc", args: ["--noEmit", "-p", "reports/html"] },
    {
      name: "report client types",
      program: "typescript/bin/tsc",
      args: ["--noEmit", "-p", "reports/html/client"],
    },
    { name: "format", program: "prettier/bin/prettier.cjs", args: ["--check", "."] },
  ],
];

passSignalsOn();
const tallies = (await Promise.all(lanes.map(runLane))).flat();
stopIfInterrupted();
// Alone, because some of them measure time.
tallies.push(await runVitest("unit", vitestTimeoutMs, process.argv.slice(2)));
stopIfInterrupted();
const total = sum(tallies);
console.log(ending(total));
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

/** @typedef {{ name: string, program: string, args: string[] }} Check */

/** @param {readonly Check[]} checks */
async function runLane(checks) {
  const tallies = [];
  for (const check of checks) tallies.push(await runCheck(check));
  return tallies;
}

/** @param {Check} check @returns {Promise<import("./tally.mjs").Tally>} */
async function runCheck(check) {
  const started = performance.now();
  const { code, output } = await run(
    process.execPath,
    [join(root, "node_modules", check.program), ...check.args],
    {
      cwd: root,
      timeoutMs: checkTimeoutMs,
      quiet: true,
    },
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? "✓" : "✗"} ${check.name} (${seconds} s)`);
  if (code !== 0) console.log(code === 124 ? `${output}\n${check.name} took too long` : output);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1, troubles: [check.name] };
}
