// `npm run test:lab`: the end-to-end tests that build and break real labs; ends with one plain line that counts them.
import { join } from "node:path";
import { passSignalsOn, run, stopIfInterrupted } from "./children.mjs";
import { ending } from "./tally.mjs";
import { root, runVitest } from "./vitest.mjs";

const upTimeoutMs = 40 * 60_000;
/** All of them take some hours on two processors. */
const testsTimeoutMs = 4 * 60 * 60_000;
/** The lab on which the proofs run; made when it is not up, and left up. */
const proofLab = process.env.KUBEDRILL_PROOF_LAB ?? "kubedrill";

passSignalsOn();
const cli = join(root, "harness", "cli", "main.ts");
const up = await run(process.execPath, [cli, "lab", "up", "--name", proofLab], { timeoutMs: upTimeoutMs });
stopIfInterrupted();
const tally =
  up.code === 0
    ? await runVitest("lab", testsTimeoutMs, process.argv.slice(2))
    : { passed: 0, failed: 1, troubles: ["lab up"] };
stopIfInterrupted();
console.log(ending(tally));
process.exitCode = tally.failed > 0 || tally.passed === 0 ? 1 : 0;
