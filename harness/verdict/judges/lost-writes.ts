// Acknowledged writes that were not there afterwards. A write of unknown outcome may be there or not.
import { few, nothing } from "./finding.ts";
import type { JudgeFunction } from "./judge-function.ts";

export const lostWrites: JudgeFunction<"lost-writes"> = (_judge, { store, drill, span }) => {
  const audits = store.all("audit", drill);
  if (audits.length === 0) return nothing("The writes were not read back", span.closed);
  const lost = audits.reduce((sum, each) => sum + each.lost.length, 0);
  const acknowledged = audits.reduce((sum, each) => sum + each.acknowledged, 0);
  const unknown = audits.reduce((sum, each) => sum + each.unknown, 0);
  const incomplete = audits.find((each) => each.incomplete !== undefined);
  const loser = audits.find((each) => each.lost.length > 0);
  if (lost === 0 && incomplete !== undefined)
    return nothing(
      `The writes of ${incomplete.writer} could not all be read back: ${incomplete.incomplete ?? ""}`,
      true,
    );
  if (acknowledged === 0) return nothing("No write was acknowledged, so none could be lost", true);
  const numbers =
    loser === undefined ? "" : `, e.g. of ${loser.writer}: number ${few(loser.lost.map(String))}`;
  return {
    best: lost,
    worst: incomplete === undefined ? lost : Infinity,
    measured: lost,
    seen: `${String(lost)} of ${String(acknowledged)} acknowledged writes were lost${numbers}; ${String(unknown)} more had an unknown outcome`,
    at: audits.at(-1)?.t ?? null,
    settled: true,
  };
};
