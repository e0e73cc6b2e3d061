import { describe, expect, it } from "vitest";
import type { Sample } from "../timeline/series.ts";
import { outages } from "./outages.ts";

/** One attempt per 100 ms; `answer` gives its end, or undefined when it failed at once. */
function attempts(count: number, answer: (start: number) => number | undefined): Sample[] {
  return Array.from({ length: count }, (_, index) => {
    const start = index * 100;
    const end = answer(start);
    return {
      start,
      end: end ?? start + 1,
      ok: end !== undefined,
      error: end === undefined ? "refused" : undefined,
    };
  });
}

describe("outages", () => {
  it("finds none where everything is answered", () => {
    expect(
      outages(
        attempts(50, (start) => start + 5),
        0,
        5000,
      ),
    ).toEqual([]);
  });

  it("puts both edges midway", () => {
    const seen = outages(
      attempts(50, (start) => (start >= 1000 && start < 2000 ? undefined : start + 10)),
      0,
      5000,
    );
    expect(seen).toEqual([{ from: 950, to: 1955, uncertaintyMs: 105, open: false }]);
  });

  it("separates two outages with one good attempt between them", () => {
    const down = new Set([1000, 1100, 1300]);
    const seen = outages(
      attempts(50, (start) => (down.has(start) ? undefined : start + 2)),
      0,
      5000,
    );
    expect(seen.map((each) => [each.from, each.to])).toEqual([
      [950, 1151],
      [1250, 1351],
    ]);
  });

  it("runs to the end of the stretch when nothing came back", () => {
    const seen = outages(
      attempts(50, (start) => (start >= 1000 ? undefined : start + 2)),
      0,
      5000,
    );
    expect(seen).toEqual([{ from: 950, to: 5000, uncertaintyMs: 50, open: true }]);
  });

  it("begins at the stretch when nothing was good before", () => {
    const seen = outages(
      attempts(50, (start) => (start < 1000 ? undefined : start + 2)),
      0,
      5000,
    );
    expect(seen[0]?.from).toBe(0);
  });

  it("counts attempts whose lost packets were sent again after the outage", () => {
    const seen = outages(
      attempts(60, (start) => (start >= 1000 && start < 1500 ? start + 1003 : start + 3)),
      0,
      6000,
    );
    expect(seen).toEqual([{ from: 950, to: 1451.5, uncertaintyMs: 101.5, open: false }]);
  });

  it("counts attempts that waited for a server that stood still", () => {
    const seen = outages(
      attempts(60, (start) => (start >= 1000 && start < 3000 ? 3001 : start + 3)),
      0,
      6000,
    );
    expect(seen).toHaveLength(1);
    expect(seen[0]?.from).toBe(950);
    expect(Math.abs((seen[0]?.to ?? 0) - 3000)).toBeLessThanOrEqual(51);
  });

  it("calls a slow server slow, not away", () => {
    expect(
      outages(
        attempts(60, (start) => start + 800),
        2000,
        6000,
      ),
    ).toEqual([]);
  });

  it("sees one failed attempt of a slow server as one tick", () => {
    const seen = outages(
      attempts(60, (start) => (start === 3000 ? undefined : start + 830)),
      2000,
      6000,
    );
    expect(seen).toHaveLength(1);
    expect((seen[0]?.to ?? 0) - (seen[0]?.from ?? 0)).toBeLessThanOrEqual(150);
  });

  const blind = [{ from: 1400, to: 2000 }];
  const unseen = (start: number) => start > 1400 && start < 2000;

  it("widens the uncertainty by blind stretches inside", () => {
    const samples = attempts(50, (start) => (start >= 1000 && start < 3000 ? undefined : start + 10));
    const seen = outages(
      samples.filter((each) => !unseen(each.start)),
      0,
      5000,
      blind,
    );
    expect(seen[0]?.uncertaintyMs).toBe(705);
  });

  it("does not, where an attempt was waiting meanwhile", () => {
    const samples = attempts(50, (start) => (start >= 1000 && start < 3000 ? undefined : start + 10)).map(
      (each) => (each.ok ? each : { ...each, end: each.start + 2000 }),
    );
    const seen = outages(
      samples.filter((each) => !unseen(each.start)),
      0,
      5000,
      blind,
    );
    expect(seen[0]?.uncertaintyMs).toBe(105);
  });

  it("leaves open what a stalled harness cannot know of the beginning", () => {
    const samples = attempts(50, (start) => (start >= 1000 && start < 2000 ? undefined : start + 10))
      .filter((each) => each.start !== 1100)
      .map((each) => (each.start === 1000 ? { ...each, end: 1090 } : each));
    expect(outages(samples, 0, 5000)[0]).toEqual({ from: 995, to: 1955, uncertaintyMs: 150, open: false });
  });
});
