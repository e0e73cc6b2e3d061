// An action of the harness succeeded within the budget; measured is its duration.
import { nothing, seconds } from "./finding.ts";
import type { JudgeFunction } from "./judge-function.ts";

export const actionWithin: JudgeFunction<"action-within"> = (judge, { store, drill, span }) => {
  const action = store.all("action", drill).findLast((each) => each.name === judge.action);
  if (action === undefined) return nothing(`"${judge.action}" was never done`, span.closed);
  const durationMs = action.t - action.start;
  const finding = {
    best: durationMs / 1000,
    worst: durationMs / 1000,
    measured: durationMs / 1000,
    seen: `${action.title}: done in ${seconds(durationMs)}`,
    at: action.t,
    settled: true,
  };
  if (action.ok) return finding;
  return {
    ...finding,
    measured: null,
    broken: `${action.title}: not done within ${seconds(durationMs)}: ${action.error ?? "no reason was given"}`,
  };
};
