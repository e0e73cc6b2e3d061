// Who took part in a distributed load, and how well they began together.
import type { WorkerFigures } from "./run.ts";

export function workersTable(workers: readonly WorkerFigures[]): string {
  const began = workers.filter((each) => each.startedAfterMs !== null);
  const slowest = began.toSorted((a, b) => (b.startedAfterMs ?? 0) - (a.startedAfterMs ?? 0))[0];
  const uncertain = Math.max(...workers.map(({ clock }) => clock.uncertaintyMs));
  const rows = workers.map(({ index, node, sent, startedAfterMs }) =>
    [
      String(index).padStart(6),
      node.padEnd(24),
      String(sent).padStart(10),
      startedAfterMs === null ? "none" : `${startedAfterMs.toFixed(1)} ms`,
    ].join("  "),
  );
  const head = ["worker", "node".padEnd(24), "  requests", "first request after the agreed instant"].join(
    "  ",
  );
  const summary =
    slowest === undefined
      ? "No worker sent anything."
      : `Slowest starter: worker ${String(slowest.index)} on ${slowest.node}, ${(slowest.startedAfterMs ?? 0).toFixed(1)} ms after the agreed instant; clocks are known to ± ${uncertain.toFixed(1)} ms.`;
  return `${[head, ...rows, summary].join("\n")}\n`;
}
