// `kubedrill doctor`: what this host has and lacks for the embedded lab and for the tests, as a checklist.
import type { Command } from "commander";
import { isMet, requirements } from "../../scripts/requirements.mjs";
import { exitCodes } from "../base/errors.ts";

interface Check {
  name: string;
  state: "ok" | "missing" | "optional";
  /** What it is needed for. */
  purposes: readonly string[];
  why: string;
  /** What to do about it; null when nothing. */
  next: string | null;
}

export function registerDoctor(program: Command): void {
  program
    .command("doctor")
    .description("what this host has and lacks, as a checklist; changes nothing")
    .option("--json", "as JSON")
    .addHelpText("after", "\nExample: kubedrill doctor")
    .action((options: { json?: true }) => {
      const checks = [...hostChecks(), ...requirements.map(checkOf)];
      const ok = checks.every((each) => each.state !== "missing");
      process.stdout.write(
        options.json === true ? `${JSON.stringify({ ok, checks }, null, 2)}\n` : checklist(checks),
      );
      process.exitCode = ok ? 0 : exitCodes.usage;
    });
}

/** What the embedded lab asks of the host beside packages. */
function hostChecks(): Check[] {
  const linux = process.platform === "linux";
  const root = process.getuid?.() === 0;
  const lab = { purposes: ["lab"], why: "the embedded lab makes machines and networks on this host" };
  return [
    {
      ...lab,
      name: "Linux",
      state: linux ? "ok" : "missing",
      next: linux ? null : "use a Linux host or VM for the embedded lab",
    },
    {
      ...lab,
      name: "root",
      state: root ? "ok" : "missing",
      next: root ? null : "run as root for the embedded lab",
    },
  ];
}

function checkOf(requirement: (typeof requirements)[number]): Check {
  const { name, purposes, why, packages, onlyIf } = requirement;
  if (isMet(requirement)) return { name, state: "ok", purposes, why, next: null };
  if (onlyIf !== undefined) return { name, state: "optional", purposes, why, next: onlyIf };
  return { name, state: "missing", purposes, why, next: `install ${packages.join(", ")} (Debian's names)` };
}

function checklist(checks: readonly Check[]): string {
  const width = Math.max(...checks.map((each) => each.name.length));
  const lines = checks.map(({ name, state, purposes, why, next }) => {
    const head = `${state.padEnd(8)}  ${name.padEnd(width)}  ${why} (${purposes.join(", ")})`;
    return next === null ? head : `${head}\n${" ".repeat(10)}→ ${next}`;
  });
  return `${lines.join("\n")}\n`;
}
