import { css } from "./css.ts";

export const verdictsStyle = css`
  .mark {
    flex: none;
    vertical-align: -0.25em;
  }
  .mark circle {
    fill: var(--verdict);
  }
  .mark path {
    fill: none;
    stroke: var(--on-tone);
    stroke-width: 2.2;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .mark.fail circle {
    stroke: var(--verdict);
    stroke-width: 2;
  }
  .badge {
    display: inline-flex;
    gap: 0.4rem;
    align-items: center;
    padding: 0.2rem 0.65rem 0.2rem 0.3rem;
    border-radius: 1rem;
    font-size: 0.875rem;
    font-weight: 600;
    line-height: 1.4;
    color: var(--verdict-ink);
    background: var(--verdict-soft);
    white-space: nowrap;
  }
  .badge.zero {
    color: var(--muted);
    background: none;
    box-shadow: inset 0 0 0 1px var(--line);
  }
  .badge.zero circle {
    stroke: none;
    fill: var(--muted);
  }
  .pass {
    --verdict: var(--pass);
    --verdict-ink: var(--pass-ink);
    --verdict-soft: var(--pass-soft);
  }
  .fail {
    --verdict: var(--fail);
    --verdict-ink: var(--fail-ink);
    --verdict-soft: var(--fail-soft);
  }
  .inconclusive {
    --verdict: var(--inconclusive);
    --verdict-ink: var(--inconclusive-ink);
    --verdict-soft: var(--inconclusive-soft);
  }
`;
