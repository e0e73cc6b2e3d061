// junit.xml: a suite per drill, a case per expectation, for the CI systems that read nothing else. JUnit knows no
// "inconclusive": such a case is an error, which CI shows as loudly as a failure and counts apart from it.
import type { DrillModel, PromiseModel, ReportModel } from "../model.ts";
import { withUnit } from "../text/units.ts";
import { xml, type Xml } from "./xml.ts";

export function junitXml(model: ReportModel): string {
  const promises = model.drills.flatMap(casesOf);
  return xml`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="kubedrill" tests="${promises.length + model.unavailable.length}" failures="${count(promises, "fail")}" errors="${count(promises, "inconclusive")}" skipped="${model.unavailable.length}" time="${model.run.durationMs / 1000}">
${model.drills.map((drill) => suite(drill, model.run.lab))}${model.unavailable.map(
    (drill) => xml`  <testsuite name="${drill.id}" tests="1" failures="0" errors="0" skipped="1" time="0">
    <testcase classname="${drill.id}" name="${drill.title}" time="0"><skipped message="${drill.reason}"/></testcase>
  </testsuite>
`,
  )}</testsuites>
`.markup;
}

interface Case {
  id: string;
  name: string;
  verdict: PromiseModel["verdict"];
  timeMs: number;
  message: string;
  detail: string;
}

/** A drill that is inconclusive although each promise was judged gets a case for that. */
function casesOf(drill: DrillModel): Case[] {
  const cases = drill.promises.map((promise): Case => ({
    id: promise.id,
    name: promise.title,
    verdict: promise.verdict,
    timeMs: promise.unit === "s" && promise.measured !== null ? promise.measured * 1000 : 0,
    message: `${promise.seen} Measured ${withUnit(promise.measured, promise.unit)}, budget ${promise.budget === null ? "none" : withUnit(promise.budget, promise.unit)}.`,
    detail: promise.why,
  }));
  if (cases.some((each) => each.verdict === drill.verdict)) return cases;
  if (drill.verdict === "pass") return cases;
  return [
    ...cases,
    {
      id: "drill",
      name: drill.title,
      verdict: drill.verdict,
      timeMs: 0,
      message: drill.reason,
      detail: drill.missing.join(" "),
    },
  ];
}

function suite(drill: DrillModel, lab: string): Xml {
  const cases = casesOf(drill);
  return xml`  <testsuite name="${drill.id}" hostname="${lab}" timestamp="${drill.zeroAt.slice(0, 19)}" tests="${cases.length}" failures="${count(cases, "fail")}" errors="${count(cases, "inconclusive")}" skipped="0" time="${drill.durationMs / 1000}">
${cases.map(
  (
    each,
  ) => xml`    <testcase classname="${drill.id}" name="${each.name}" time="${each.timeMs / 1000}">${outcome(each)}</testcase>
`,
)}    <system-out>${drill.sentence}</system-out>
  </testsuite>
`;
}

function outcome(each: Case): Xml | string {
  if (each.verdict === "pass") return "";
  return each.verdict === "fail"
    ? xml`<failure type="${each.id}" message="${each.message}">${each.detail}</failure>`
    : xml`<error type="${each.id}" message="${each.message}">${each.detail}</error>`;
}

function count(
  items: readonly { verdict: PromiseModel["verdict"] }[],
  verdict: PromiseModel["verdict"],
): number {
  return items.filter((item) => item.verdict === verdict).length;
}
