import { expect, test } from "vitest";
import { readinessMs, type ProbedContainer } from "./readiness.ts";

test("without probes a started pod is Ready", () => {
  expect(readinessMs([{}], "web")).toBeNull();
});

test("the next look of the readiness probe, by its own period or the API's default", () => {
  const of = (readinessProbe: Required<ProbedContainer>["readinessProbe"]) =>
    readinessMs([{ readinessProbe }], "web");
  expect(of({ periodSeconds: 2 })?.value).toBe(2000);
  expect(of({})?.value).toBe(10_000);
  expect(of({ initialDelaySeconds: 5, periodSeconds: 3, successThreshold: 2 })?.value).toBe(11_000);
});

test("the slowest container counts, and readiness waits for the startup probe", () => {
  const containers = [
    { readinessProbe: { periodSeconds: 4 } },
    { startupProbe: { periodSeconds: 3 }, readinessProbe: { periodSeconds: 2 } },
  ];
  expect(readinessMs(containers, "pods of web")).toEqual({
    value: 5000,
    source: "pods of web, initialDelaySeconds + periodSeconds of its probes",
  });
});
