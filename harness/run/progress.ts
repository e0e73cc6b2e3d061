// What a person sees while a run goes on: one plain line at a time with the time since the start, at most 80 columns
// wherever the words allow it.
import { performance } from "node:perf_hooks";

export interface Progress {
  line(text: string): void;
  /** A line that starts a part: a drill, the summary. */
  heading(text: string): void;
}

export function lineProgress(write: (text: string) => void): Progress {
  const zero = performance.now();
  return {
    line(text) {
      const seconds = (performance.now() - zero) / 1000;
      const minutes = Math.floor(seconds / 60);
      const stamp = `${String(minutes).padStart(2)}:${(seconds - minutes * 60).toFixed(1).padStart(4, "0")}`;
      write(
        `${wrap(text, 72)
          .join(`\n${" ".repeat(8)}`)
          .replace(/^/, `${stamp}  `)}\n`,
      );
    },
    heading(text) {
      write(`\n${wrap(text, 80).join("\n")}\n`);
    },
  };
}

/** Breaks at spaces; a word longer than the width keeps its own line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line !== "" && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else line = line === "" ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
}
