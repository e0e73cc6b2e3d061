// A margin as a bar: what was measured inside what was allowed, so that "nearly failed" is visible.
import type { PromiseModel } from "../model.ts";
import { withUnit } from "../text/units.ts";
import { html, type Html } from "./markup.ts";
import { percent } from "./plot.ts";

/** Where the budget stands; the rest of the bar is room for what goes over it. */
const budgetAt = 76;

/** An empty space when there is nothing to compare: no budget, a budget of zero, or nothing measured. */
export function marginBar(promise: PromiseModel): Html {
  const { budget, measured, expected, uncertainty, unit } = promise;
  if (budget === null || budget <= 0 || measured === null) return html`<span class="margin"></span>`;
  const scale = budgetAt / budget;
  const used = Math.min(100, measured * scale);
  const inside = Math.min(used, budgetAt);
  const over = used - inside;
  const label = `${withUnit(measured, unit)} of ${withUnit(budget, unit)} allowed, ${String(Math.round((100 * measured) / budget))} per cent`;
  return html`<svg class="margin" height="14" role="img" aria-label="${label}">
    <title>${label}</title>
    <rect class="room" x="0" y="3" width="${percent(budgetAt)}" height="8" />
    <rect class="used" x="0" y="3" width="${percent(Math.max(inside, 0.8))}" height="8" />
    ${over > 0 ? html`<rect class="over" x="${percent(budgetAt)}" y="3" width="${percent(over)}" height="8" /><rect class="over-texture" x="${percent(budgetAt)}" y="3" width="${percent(over)}" height="8" />` : ""}
    ${uncertainty > 0 ? html`<line class="doubt" x1="${percent(Math.max(0, used - uncertainty * scale))}" x2="${percent(Math.min(100, used + uncertainty * scale))}" y1="7" y2="7" />` : ""}
    ${expected === null || expected > budget * 1.3 ? "" : html`<line class="expected" x1="${percent(expected * scale)}" x2="${percent(expected * scale)}" y1="1" y2="13" />`}
    <line class="limit" x1="${percent(budgetAt)}" x2="${percent(budgetAt)}" y1="0" y2="14" />
  </svg>`;
}
