import { describe, expect, it } from "vitest";
import { warningLines, type Warning } from "./warnings.ts";

const since = Date.parse("2026-01-01T10:00:00Z");
const event = (name: string, reason: string, at: string, more: Partial<Warning> = {}): Warning => ({
  involvedObject: { kind: "Pod", name },
  reason,
  message: `${reason} of ${name}`,
  lastTimestamp: at,
  ...more,
});

describe("what Kubernetes warned of", () => {
  it("leaves out what was before the drill, and adds up what is alike", () => {
    const lines = warningLines(
      [
        event("web-1", "Unhealthy", "2026-01-01T09:59:00Z"),
        event("web-2", "FailedCreatePodSandBox", "2026-01-01T10:00:03Z", { count: 2 }),
        event("web-2", "FailedCreatePodSandBox", "2026-01-01T10:00:09Z"),
        event("web-3", "Unhealthy", "2026-01-01T10:00:04Z"),
      ],
      since,
    );
    expect(lines).toEqual([
      "Pod web-2: FailedCreatePodSandBox (3×): FailedCreatePodSandBox of web-2",
      "Pod web-3: Unhealthy (1×): Unhealthy of web-3",
    ]);
  });

  it("knows the times and counts of events.k8s.io, which have no lastTimestamp", () => {
    const late = event("web-1", "FailedScheduling", "", {
      lastTimestamp: null,
      eventTime: "2026-01-01T09:00:00.000000Z",
      series: { count: 7, lastObservedTime: "2026-01-01T10:00:05.000000Z" },
    });
    expect(warningLines([late], since)).toEqual([
      "Pod web-1: FailedScheduling (7×): FailedScheduling of web-1",
    ]);
  });

  it("counts what it does not tell", () => {
    const many = Array.from({ length: 11 }, (_, nth) =>
      event(`web-${String(nth)}`, "Unhealthy", "2026-01-01T10:01:00Z"),
    );
    expect(warningLines(many, since).at(-1)).toBe("and 3 more");
  });
});
