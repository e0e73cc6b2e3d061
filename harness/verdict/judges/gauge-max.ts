// The greatest value of a gauge in the window. Gauges in milliseconds are held against budgets in seconds.
import { nothing, quantity } from "./finding.ts";
import type { JudgeFunction } from "./judge-function.ts";

export const gaugeMax: JudgeFunction<"gauge-max"> = (judge, { store, span, expectation }) => {
  const probe = store.probes.get(judge.probe);
  if (probe === undefined) return nothing(`The probe ${judge.probe} was not running`, span.closed);
  const gauges = store.gauges.get(judge.probe);
  const subjects = judge.subjects ?? [...(gauges?.keys() ?? [])];
  if (subjects.length === 0) return nothing(`${probe.title}: no value was seen`, span.closed);
  let greatest = { value: -Infinity, at: span.from, subject: "" };
  for (const subject of subjects) {
    const values = (gauges?.get(subject) ?? []).filter((each) => each.t >= span.from && each.t <= span.to);
    if (values.length === 0)
      return nothing(`${probe.title}: no value of ${subject} was seen in the window`, span.closed);
    for (const each of values) {
      const value = expectation.unit === "s" && each.unit === "ms" ? each.value / 1000 : each.value;
      if (value > greatest.value) greatest = { value, at: each.t, subject };
    }
  }
  return {
    best: greatest.value,
    worst: greatest.value,
    measured: greatest.value,
    seen: `${probe.title}: the greatest value was ${quantity(greatest.value, expectation.unit)} (${greatest.subject})`,
    at: greatest.at,
    settled: span.closed,
  };
};
