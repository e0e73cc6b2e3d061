// How verdicts look everywhere: a shape, a word and a colour.
import type { Verdict } from "../../harness/verdict/expectation.ts";
import { html, type Html } from "./markup.ts";

const words: Record<Verdict, string> = { pass: "Pass", fail: "Fail", inconclusive: "Inconclusive" };
const shapes: Record<Verdict, string> = {
  pass: "M5.5 10.5l3 3 6-7",
  fail: "M6.5 6.5l7 7M13.5 6.5l-7 7",
  inconclusive: "M7.6 8a2.4 2.4 0 1 1 3.4 2.2c-.7.3-1 .8-1 1.5v.3M10 14.4v.2",
};

/** The shape alone, with the word for screen readers. */
export function verdictMark(verdict: Verdict): Html {
  return html`<svg
    class="mark ${verdict}"
    viewBox="0 0 20 20"
    width="20"
    height="20"
    role="img"
    aria-label="${words[verdict]}"
  >
    <circle cx="10" cy="10" r="9" />
    <path d="${shapes[verdict]}" />
  </svg>`;
}

export function verdictBadge(verdict: Verdict): Html {
  return html`<span class="badge ${verdict}"
    >${verdictMark(verdict)}<span aria-hidden="true">${words[verdict]}</span></span
  >`;
}

/** "2 Pass" for the head of the page. */
export function verdictCount(verdict: Verdict, count: number): Html {
  const quiet = count === 0 ? " zero" : "";
  return html`<span class="badge ${verdict}${quiet}"
    >${verdictMark(verdict)}<span aria-hidden="true">${words[verdict]}</span> <b>${count}</b></span
  >`;
}
