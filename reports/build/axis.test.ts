import { describe, expect, it } from "vitest";
import { buildAxis, positionOf } from "./axis.ts";

describe("axis", () => {
  it("is linear when something happens everywhere", () => {
    const axis = buildAxis(-10_000, 10_000, [-8000, -6000, -4000, -2000, 0, 2000, 4000, 6000, 8000]);
    expect(axis.pieces).toHaveLength(1);
    expect(positionOf(axis, 0)).toBeCloseTo(50);
    expect(axis.ticks.find((tick) => tick.at === 0)?.label).toBe("0\u00A0s");
  });

  it("folds a long quiet stretch, and only that", () => {
    const axis = buildAxis(0, 300_000, [1000, 5000, 200_000, 296_000]);
    const folds = axis.pieces.filter((piece) => piece.folded);
    expect(folds).toHaveLength(2);
    for (const fold of folds) expect(fold.right - fold.left).toBeCloseTo(2.6);
    for (const instant of [1000, 5000, 200_000, 296_000])
      expect(folds.some((fold) => instant > fold.from && instant < fold.to)).toBe(false);
  });

  it("keeps order and fills the width exactly, whatever is folded", () => {
    const axis = buildAxis(-12_000, 400_000, [0, 3400, 43_800, 66_800, 371_000]);
    const positions = Array.from({ length: 413 }, (_, index) => positionOf(axis, -12_000 + index * 1000));
    expect(positions[0]).toBe(0);
    expect(positions.at(-1)).toBeCloseTo(100);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(axis.pieces.at(-1)?.right).toBeCloseTo(100);
  });

  it("has no tick in a fold, and none upon another", () => {
    const axis = buildAxis(-12_000, 104_000, [0, 400, 3400, 43_800, 66_800, 81_000, 94_000]);
    for (const tick of axis.ticks)
      expect(axis.pieces.some((piece) => piece.folded && tick.at > piece.from && tick.at < piece.to)).toBe(
        false,
      );
    const lefts = axis.ticks.map((tick) => tick.left);
    for (const [index, left] of lefts.slice(1).entries())
      expect(left - (lefts[index] ?? 0)).toBeGreaterThan(6);
  });

  it("survives a drill without length", () => {
    expect(positionOf(buildAxis(0, 0, []), 0)).toBe(0);
  });
});
