// The summary at the end of a run on a terminal: one screen of 80 columns, failed first.
import { styleText } from "node:util";
import type { Verdict } from "../../harness/verdict/expectation.ts";
import { firstBrokenFirst } from "../build/sentences.ts";
import type { DrillModel, ReportModel } from "../model.ts";
import { counted, duration } from "../text/numbers.ts";
import { withUnit } from "../text/units.ts";
import { shortened, visible } from "../text/visible.ts";
import { failedFirst } from "./markdown.ts";

const columns = 80;
/** A screen has 24 lines; the prompt and the report's path need theirs. */
const maxLines = 20;

/** @param colour only for a terminal: without one the text has no colour codes */
export function terminalSummary(model: ReportModel, colour: boolean): string {
  const head = [
    ...wrapped(`${words[model.verdict]}  ${model.sentence}`, 0).map((line, index) =>
      index === 0 ? painted(line, model.verdict, colour) : line,
    ),
    shortened(
      visible(`lab ${model.run.lab}, plan ${model.run.plan}, ${duration(model.run.durationMs)}`),
      columns,
    ),
    "",
  ];
  const drills = failedFirst(model.drills).map((drill) => drillBlock(drill, colour));
  const skipped = model.unavailable.map((each) =>
    oneLine(shortened(`${words.unavailable}  ${visible(each.title)}: ${visible(each.reason)}`, columns)),
  );
  return `${[...head, ...fitted([...drills, ...skipped], maxLines - head.length)].join("\n")}\n`;
}

const words = { pass: "PASS", fail: "FAIL", inconclusive: "????", unavailable: "----" };

/** A drill in all its lines, in two, and in one. */
interface Block {
  full: string[];
  short: string[];
  title: string[];
}

function oneLine(line: string): Block {
  return { full: [line], short: [line], title: [line] };
}

/** A drill with a problem says what, with its figures; one that passed says what users felt. */
function drillBlock(drill: DrillModel, colour: boolean): Block {
  const title = painted(
    shortened(`${words[drill.verdict]}  ${visible(drill.title)}`, columns),
    drill.verdict,
    colour,
  );
  const broken =
    drill.verdict === "fail"
      ? firstBrokenFirst(drill.promises)
      : drill.promises.filter((promise) => promise.verdict === "inconclusive");
  // The sentence names the first one with its figures; what was seen of it is what a person looks for next.
  const seen = broken.slice(0, 1).flatMap((promise) => wrapped(promise.seen, 6, 2));
  const others = broken.slice(1, 3).map((promise) => {
    const budget = promise.budget === null ? "" : ` of ${withUnit(promise.budget, promise.unit)}`;
    const figures = `${withUnit(promise.measured, promise.unit)}${budget}`;
    return `      ${shortened(visible(promise.title), columns - 9 - figures.length)} · ${figures}`;
  });
  return {
    full: [title, ...wrapped(drill.sentence, 6, 3), ...seen, ...others],
    short: [title, ...wrapped(drill.sentence, 6, 1)],
    title: [title],
  };
}

/** When all does not fit, detail goes first, then the last drills; how many is said. */
function fitted(blocks: readonly Block[], room: number): string[] {
  for (const size of ["full", "short", "title"] as const) {
    const lines = blocks.flatMap((block) => block[size]);
    if (lines.length <= room) return lines;
  }
  const titles = blocks.slice(0, room - 1).flatMap((block) => block.title);
  return [...titles, `      and ${counted(blocks.length - room + 1, "more drill")}, see the report`];
}

/** Lines that fit; what does not fit in `most` of them is cut with an ellipsis. */
function wrapped(text: string, indent: number, most = 4): string[] {
  const width = columns - indent;
  const lines: string[] = [];
  let line = "";
  for (const word of visible(text).split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? shortened(word, width) : `${line} ${word}`;
  }
  const all = [...lines, line];
  const kept =
    all.length <= most ? all : [...all.slice(0, most - 1), shortened(`${all[most - 1] ?? ""} …`, width)];
  return kept.map((each) => " ".repeat(indent) + each);
}

/** Only the first word is painted. */
function painted(line: string, verdict: Verdict, colour: boolean): string {
  if (!colour) return line;
  const paint = { pass: "green", fail: "red", inconclusive: "magenta" } as const;
  return styleText(["bold", paint[verdict]], line.slice(0, 4), { validateStream: false }) + line.slice(4);
}
