// A procedure as a person would follow it by hand. Pure.
import { basename } from "node:path";
import type { Command, Stage } from "../../shell/stages.ts";
import type { PhasedStage, Procedure, Sending } from "./procedure.ts";

/** Lines of a shell script, comments between. */
export function runbookOf({ stages, wayBack, kept }: Procedure): string {
  const steps = stages.map((stage, index) => {
    const proof = stage.phase === "serve" && stages[index - 1]?.phase === "start" ? toProve : [];
    return [...proof, step(`${String(index + 1)}. ${stage.phase}: ${stage.title}`, stage)].join("\n");
  });
  return [
    "Each block is a script for `sh -eu`, as root.\n",
    ...steps,
    ...(kept.length === 0
      ? []
      : [
          `The old data stays here until you delete it: ${kept.map((each) => `${each.machine}:${each.path}`).join(", ")}\n`,
        ]),
    "To go back to the old data, as long as no API server has served the restored:\n",
    ...[...wayBack.back, ...wayBack.finish].map((stage, index) =>
      step(`back ${String(index + 1)}. ${stage.title}`, stage),
    ),
  ].join("\n");
}

/** As `runbookOf`, of stages that stand by themselves. */
export function stagesByHand(stages: readonly Stage[]): string {
  return stages.map((each, index) => step(`${String(index + 1)}. ${each.title}`, each)).join("\n");
}

const toProve = [
  "Before clients are given it: let each member list the members, compare their hashes at one revision, look for alarms",
  "  etcdctl member list; etcdctl endpoint hashkv --rev REVISION; etcdctl alarm list\n",
];

function step(title: string, { commands }: Stage | Omit<PhasedStage, "phase">): string {
  const byText = new Map<string, string[]>();
  for (const each of commands) {
    const text = textOf(each);
    byText.set(text, [...(byText.get(text) ?? []), each.machine]);
  }
  const parts = [...byText].map(
    ([text, machines]) =>
      `  # on ${machines.join(", ")}${machines.length > 1 ? ", at once" : ""}\n${indented(text)}`,
  );
  return `${title}\n${parts.join("\n")}\n`;
}

function textOf(command: Command | Sending): string {
  return "send" in command
    ? `scp THE-SNAPSHOT/${basename(command.send)} root@${command.machine}:${command.to}`
    : command.run;
}

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}
