import { describe, expect, it } from "vitest";
import type { StateEvent } from "../../timeline/events.ts";
import { judge } from "../judges/index.ts";
import { labOf } from "../testing/lab.ts";
import { GiB, worker } from "../testing/room.ts";
import { drill, healMs, injectMs, Simulation } from "../testing/simulate.ts";
import { fitOf, fullForMs, predictPending, sizeFor } from "./index.ts";

const input = labOf();

describe("the size of a big pod", () => {
  it("lets two fit on the worker with the least room, with half a one left over", () => {
    const room = [worker("w1", 5), worker("w2", 10), worker("cp1", 1, { role: "control-plane" })];
    expect(sizeFor(room)).toBe(2 * GiB);
    expect(fitOf(room, sizeFor(room))).toEqual({ w1: 2, w2: 5 });
  });

  it("cannot be told without a worker that takes pods", () => {
    expect(() => sizeFor([worker("w1", 5, { open: false })])).toThrow(/No worker takes pods/);
  });
});

describe("a Deployment that asks for more than fits", () => {
  // Two workers of 5 GiB, on each a filler of 2 GiB: one more fits on each.
  const room = [worker("w1", 3), worker("w2", 3)];
  const pods = { name: "big", memoryBytes: 2 * GiB, asked: 4, filler: { name: "filler", replicas: 2 } };
  const { expectations, statements } = predictPending(input, room, pods);
  const find = (id: string) => {
    const found = expectations.find((each) => each.id === id);
    if (found === undefined)
      throw new Error(`${id} is not among ${expectations.map((each) => each.id).join(", ")}`);
    return found;
  };

  it("is predicted from allocatable − requested", () => {
    expect(statements[0]).toContain("2 fit (1 on w1, 1 on w2");
    expect(find("big.running").judge).toMatchObject({
      select: { subjects: ["ready:big"] },
      want: { is: 2 },
    });
    expect(find("big.pending").judge).toMatchObject({ want: { is: 2 } });
    for (const each of expectations) expect(each.why, each.id).not.toBe("");
  });

  it("must stay full for longer than it takes to fill", () => {
    expect(fullForMs(input)).toBeGreaterThan((find("big.running").budget ?? 0) * 1000);
  });

  const freedMs = 30_000;
  function verdict(id: string, subjects: Record<string, [number, StateEvent["value"]][]>) {
    const simulation = new Simulation();
    simulation.mark("freed.inject", freedMs);
    simulation.mark("freed.heal", healMs - 500);
    simulation.states("extras", subjects);
    return judge(simulation.store, drill, find(id)).verdict;
  }
  const ready = (...changes: [number, number][]) => ({ "ready:big": changes });
  const waiting = (...changes: [number, number][]) => ({
    unschedulable: [[0, 0], ...changes] as [number, number][],
  });

  it("passes when as many run as fit, and fails when there are fewer or more", () => {
    const later = injectMs + 2000;
    expect(verdict("big.running", ready([injectMs + 500, 0], [later, 2], [freedMs + 3000, 4]))).toBe("pass");
    expect(verdict("big.running", ready([injectMs + 500, 0], [later, 1]))).toBe("fail");
    expect(verdict("big.running", ready([injectMs + 500, 0], [later, 3]))).toBe("fail");
    expect(verdict("big.running", {})).toBe("inconclusive");
  });

  it("fails when a Pending pod starts without room, and when none starts with it", () => {
    const pending: [number, number] = [injectMs + 1000, 2];
    expect(verdict("big.stays-pending", waiting(pending, [freedMs + 1000, 0]))).toBe("pass");
    expect(verdict("big.stays-pending", waiting(pending, [freedMs - 1000, 1]))).toBe("fail");
    expect(verdict("big.none-pending", waiting(pending, [freedMs + 3000, 0]))).toBe("pass");
    expect(verdict("big.none-pending", waiting(pending))).not.toBe("pass");
  });

  it("wants the scheduler's own reason", () => {
    const reason = (value: string) =>
      verdict("big.reason", {
        "unschedulable-for": [
          [0, null],
          [injectMs + 1000, value],
        ],
      });
    expect(reason("Insufficient memory")).toBe("pass");
    expect(reason("Insufficient cpu")).toBe("fail");
  });
});
