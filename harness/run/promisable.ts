// What a drill promises of a workload that is not the demo: nothing about ways and objects that it does not have.
import type { Subject } from "../lab/subject.ts";
import type { DrillPlan } from "../scenario.ts";
import type { Expectation } from "../verdict/expectation.ts";
import { loadId } from "./users.ts";

/** The plan without what nobody could see, and with a sentence that says so. Pure. */
export function promisable(plan: DrillPlan, subject: Subject): DrillPlan {
  const { prediction } = plan;
  const unseen = (each: Expectation) => probesOf(each).some((probe) => isAbsent(probe, subject));
  const dropped = prediction.expectations.filter(unseen);
  if (dropped.length === 0) return plan;
  const why = subject.service === null ? "no Service selects its pods" : "nothing leads to it over HTTP";
  const statement = `Not promised, because ${why}: ${dropped.map((each) => each.title).join("; ")}.`;
  return {
    ...plan,
    prediction: {
      ...prediction,
      statements: [...prediction.statements, statement],
      expectations: prediction.expectations.filter((each) => !unseen(each)),
    },
  };
}

function probesOf({ judge }: Expectation): string[] {
  if ("probes" in judge) return judge.probes;
  return "select" in judge ? [judge.select.probe] : [];
}

function isAbsent(probe: string, { service, way }: Subject): boolean {
  if (probe === "endpoints") return service === null;
  if (probe.startsWith("http.ingress.")) return (way?.host ?? null) === null;
  if (probe.startsWith("http.nodeport.")) return (way?.nodePort ?? null) === null;
  return probe === loadId && way === null;
}
