import { expect, test } from "vitest";
import type { Subject } from "../lab/subject.ts";
import type { Expectation, Judge } from "../verdict/expectation.ts";
import { promisable } from "./promisable.ts";

function promise(id: string, judge: Judge): Expectation {
  return {
    id,
    title: id,
    judge,
    window: { from: "outage.inject" },
    unit: "s",
    budget: 1,
    why: "",
    inputs: [],
  };
}

const plan = {
  faults: {},
  prediction: {
    statements: ["It is so."],
    expectations: [
      promise("users", { kind: "failures", probes: ["load.users"] }),
      promise("ingress", { kind: "longest-gap", probes: ["http.ingress.w1"] }),
      promise("port", { kind: "longest-gap", probes: ["http.nodeport.w1"] }),
      promise("endpoints", {
        kind: "state-within",
        select: { probe: "endpoints", subjects: ["ready"] },
        want: { is: 1 },
      }),
      promise("pods", {
        kind: "state-within",
        select: { probe: "workload", subjects: ["ready"] },
        want: { is: 1 },
      }),
    ],
  },
};
const subject = {
  service: "front",
  way: { host: "shop", path: "/", contains: "", nodePort: 30_080 },
} as Subject;
const kept = (changed: Subject) => promisable(plan, changed).prediction.expectations.map((each) => each.id);

test("with all ways everything is promised, and nothing more is said", () => {
  expect(promisable(plan, subject)).toBe(plan);
});

test("what cannot be seen is not promised, and that is said", () => {
  const { way } = subject;
  if (way === null) throw new Error("it has a way");
  expect(kept({ ...subject, way: { ...way, nodePort: null } })).toEqual([
    "users",
    "ingress",
    "endpoints",
    "pods",
  ]);
  expect(kept({ ...subject, way: { ...way, host: null } })).toEqual(["users", "port", "endpoints", "pods"]);
  expect(kept({ ...subject, way: null })).toEqual(["endpoints", "pods"]);
  expect(kept({ ...subject, way: null, service: null })).toEqual(["pods"]);
  const { statements } = promisable(plan, { ...subject, way: null }).prediction;
  expect(statements.at(-1)).toBe(
    "Not promised, because nothing leads to it over HTTP: users; ingress; port.",
  );
});
