import { expect, it } from "vitest";
import { Ticks } from "./ticks.ts";

it("asks users' paths at the full rate and the rest less often", () => {
  const ticks = new Ticks({ tickMs: 100 });
  expect(ticks.of("api.vip.read.fresh", "path")).toBe(100);
  expect(ticks.of("api.cp1.read.fresh", "direct")).toBeGreaterThan(100);
  expect(ticks.of("api.vip.read.kept", "kept")).toBeGreaterThan(100);
  expect(ticks.of("api.cp1.read.kept", "kept-direct")).toBeGreaterThan(
    ticks.of("api.cp1.read.fresh", "direct"),
  );
});

it("lets the longest matching override win", () => {
  const ticks = new Ticks({
    tickMs: 100,
    overrides: { "api.*": 300, "api.vip.*": 50, "api.vip.read.kept": 70 },
  });
  expect(ticks.of("api.cp1.read.fresh", "direct")).toBe(300);
  expect(ticks.of("api.vip.write.fresh", "path")).toBe(50);
  expect(ticks.of("api.vip.read.kept", "path")).toBe(70);
  expect(ticks.of("vip.tcp", "path")).toBe(100);
});

it("spreads the probes over the tick", () => {
  const ticks = new Ticks({ tickMs: 100 });
  const phases = Array.from({ length: 20 }, () => ticks.phase()).sort((a, b) => a - b);
  expect(phases.every((phase) => phase >= 0 && phase <= 100)).toBe(true);
  const gaps = phases.slice(1).map((phase, index) => phase - (phases[index] ?? 0));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(10);
});
