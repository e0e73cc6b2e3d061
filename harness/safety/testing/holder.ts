// A process of its own that locks a lab and breaks something as a run does, and stops for ever in a given phase, so
// that a test can kill it there. Arguments: phase, lab name, file that stands for the change.
import { writeFileSync } from "node:fs";
import { acquireRunLock } from "../lock.ts";
import { Ledger } from "../ledger.ts";

const [phase, lab = "", marker = ""] = process.argv.slice(2);

async function main(): Promise<void> {
  await acquireRunLock(lab, `test in phase ${String(phase)}`);
  const ledger = new Ledger(lab);
  await reached("before-open");
  ledger.open({
    id: "e",
    kind: "machine.power-cut",
    args: { machines: ["m1"] },
    runId: "run",
    drill: "drill",
    openedAt: new Date().toISOString(),
    byHand: [],
  });
  await reached("after-open");
  writeFileSync(marker, "changed");
  await reached("after-inject");
  ledger.close("e");
  await reached("after-close");
}

function reached(here: string): Promise<void> {
  if (here !== phase) return Promise.resolve();
  process.stdout.write("here\n");
  return new Promise(() => {
    setInterval(() => undefined, 60_000);
  });
}

await main();
