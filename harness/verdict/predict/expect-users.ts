// What users feel who come in through the ingress: an open load at a constant rate. Its figures have the same ids in
// every drill: "requests.failed" (requests), "requests.failed-share" (%, the error budget) and "requests.longest-gap"
// (s, the longest time in which nobody was served).
import type { BudgetInput, Expectation, Window } from "../expectation.ts";
import { budgetOf, chain, given, type Link } from "./budget.ts";
import { allowancesOf, type PredictionInput } from "./input.ts";
import { during } from "./windows.ts";

/** The load that stands for users. */
export interface Users {
  /** Probe id of its requests. */
  probe: string;
  rateHz: number;
}

/** What users may lose while the fault lasts. */
export interface Loss {
  /** Requests. */
  failed: number;
  /** So long they are watched at least; the share is of all that come in that time. */
  watchedMs: number;
  /** Longest time in which nobody is served. */
  gap: Link;
  /** How `failed` was derived. */
  why: string;
  inputs: BudgetInput[];
  /** Id of the expectation from which it follows. */
  after: string;
}

/** Nobody loses anything. @param why in a sentence without its full stop */
export function usersSpared(input: PredictionInput, users: Users, why: string): Expectation[] {
  return [
    failed(users, { title: "No request fails", budget: 0, why, headline: true }),
    share(users, { title: "Nobody's error budget is touched", budget: 0, why }),
    longestGap(users, "Somebody is served all the time", budgetOf(servedAlways(input, users))),
  ];
}

/** Some requests fail, and their number has a limit. */
export function usersHit(users: Users, loss: Loss): Expectation[] {
  const { inputs, why, after } = loss;
  const sent = (users.rateHz * loss.watchedMs) / 1000;
  const percent = (100 * loss.failed) / sent;
  const link = { name: "requests that fail", after };
  return [
    {
      ...failed(users, {
        title: "No more requests fail than must",
        budget: loss.failed,
        why,
        headline: true,
      }),
      inputs,
      link,
    },
    {
      ...share(users, {
        title: "The users' error budget is kept",
        budget: percent,
        why: `${String(loss.failed)} of the ${String(Math.round(sent))} requests of ${String(loss.watchedMs / 1000)} s: ${why}`,
      }),
      inputs,
      link,
    },
    {
      ...longestGap(users, "Somebody is served again in time", budgetOf(loss.gap)),
      link: { name: "somebody is served", after },
    },
  ];
}

/** How much users lose is measured and not judged. @param why in a sentence without its full stop */
export function usersCounted(users: Users, why: string): Expectation[] {
  const figure = `A figure without a budget: ${why}`;
  return [
    failed(users, { title: "Requests that failed", budget: null, why: figure, headline: true }),
    share(users, { title: "Share of the requests that failed", budget: null, why: figure }),
    longestGap(users, "Longest time in which nobody was served", {
      unit: "s",
      budget: null,
      why: figure,
      inputs: [],
    }),
  ];
}

/** No request fails in another stretch of the drill. */
export function nothingFails(
  users: Users,
  { id, title, why, window }: { id: string; title: string; why: string; window: Window },
): Expectation {
  return { ...failed(users, { title, budget: 0, why, headline: false }), id, window };
}

/** The next user comes. */
export function nextUser({ rateHz }: Users): Link {
  return given("the next user", { value: 1000 / rateHz, source: "the drill's rate of requests" });
}

/** A changed endpoint reaches the ingress controller, and requests follow it. */
export function ingressApplies({ topology }: PredictionInput): Link {
  return given(
    "the ingress controller applies it",
    topology.ingress?.controller?.applyMs ?? {
      value: 5000,
      source: "allowance: an ingress controller applies a changed endpoint within 5 s",
    },
  );
}

/** With nothing in the way: an ordinary request and the next user. */
function servedAlways(input: PredictionInput, users: Users): Link {
  return chain("the longest gap", given("one HTTP request", allowancesOf(input).requestMs), nextUser(users));
}

interface Words {
  title: string;
  budget: number | null;
  why: string;
}

function failed(users: Users, { title, budget, why, headline }: Words & { headline: boolean }): Expectation {
  return {
    id: "requests.failed",
    title,
    judge: { kind: "failures", probes: [users.probe] },
    window: during,
    unit: "requests",
    budget,
    why,
    inputs: [],
    ...(headline ? { headline } : {}),
  };
}

function share(users: Users, { title, budget, why }: Words): Expectation {
  return {
    id: "requests.failed-share",
    title,
    judge: { kind: "failed-share", probes: [users.probe] },
    window: during,
    unit: "%",
    budget,
    why,
    inputs: [],
  };
}

function longestGap(
  users: Users,
  title: string,
  budget: Pick<Expectation, "unit" | "budget" | "why" | "inputs">,
): Expectation {
  return {
    id: "requests.longest-gap",
    title,
    judge: { kind: "longest-gap", probes: [users.probe] },
    window: during,
    ...budget,
  };
}
