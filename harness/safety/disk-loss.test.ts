import { expect, it } from "vitest";
import { notOne, toBeMadeAnew } from "./disk-loss.ts";

const machines = ["cp1", "cp2", "cp3"];

it.each([
  ["nobody has lost anything, or all is restored", ["whole", "whole", "whole"], null],
  ["all have lost their disks", ["bare", "bare", "bare"], []],
  ["one is still what it was", ["bare", "whole", "bare"], ["cp2"]],
  ["one cannot be asked, and another one has nothing", ["bare", "unreachable", "whole"], ["cp2", "cp3"]],
  ["one is missing", ["whole", "whole", "missing"], ["cp1", "cp2", "cp3"]],
] as const)("what is made anew when %s", (_, states, anew) => {
  expect(toBeMadeAnew(machines, states)).toEqual(anew);
});

it("takes nobody's disk on suspicion", () => {
  expect(() => toBeMadeAnew(machines, ["whole", "unreachable", "whole"])).toThrow("cp2 cannot be asked");
});

const knows = (ids: string[], cluster = "7") => ({
  header: { cluster_id: cluster },
  members: ids.map((ID) => ({ ID })),
});

it("knows one cluster from clusters of one that were made alike", () => {
  expect(
    notOne(machines, [knows(["1", "2", "3"]), knows(["3", "2", "1"]), knows(["1", "2", "3"])]),
  ).toBeNull();
  expect(notOne(machines, [knows(["1"]), knows(["1"]), knows(["1"])])).toBe(
    "The members are not one cluster of 3: cp1 knows 1, cp2 knows 1, cp3 knows 1.",
  );
  expect(notOne(["cp1", "cp2"], [knows(["1", "2"]), knows(["1", "2"], "8")])).toContain("not one cluster");
});
