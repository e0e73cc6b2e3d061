import { expect, test } from "vitest";
import { surplus, type DemoPod } from "./demo.ts";

function podsOn(counts: Record<string, number>): DemoPod[] {
  return Object.entries(counts).flatMap(([node, count]) =>
    Array.from({ length: count }, (_, index) => ({
      name: `${node}-${String(index)}`,
      uid: `${node}-${String(index)}`,
      node,
      ready: true,
      terminating: false,
      startMs: 1000,
    })),
  );
}

test.each([
  [{ cp1: 0, cp2: 3, cp3: 3, w1: 3, w2: 4 }, ["w2-3", "cp2-2"]],
  [{ cp1: 0, cp2: 0, cp3: 5, w1: 4, w2: 4 }, ["cp3-4", "cp3-3", "w1-3", "w2-3"]],
  [{ cp1: 2, cp2: 3, cp3: 3, w1: 3, w2: 2 }, []],
])("from %j only what must move is made anew", (counts, names) => {
  const chosen = surplus(podsOn(counts), Object.keys(counts)).map((pod) => pod.name);
  expect(chosen).toEqual(names);
});
