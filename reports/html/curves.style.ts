import { css } from "./css.ts";

/** Lines are told apart by their dashes as well as by their colour. */
export const curvesStyle = css`
  .curve {
    fill: none;
    stroke-width: 1.8;
    vector-effect: non-scaling-stroke;
  }
  .curve-0 {
    stroke: var(--measured);
  }
  .curve-1 {
    stroke: var(--ink);
    stroke-dasharray: 5 3;
  }
  .curve-2 {
    stroke: var(--bad);
    stroke-dasharray: 2 2;
  }
  .lane:has(.curves-plot) {
    line-height: 1.35;
    border-bottom: 1px solid var(--line);
  }
  .lane:has(.curves-plot) .lane-label,
  .lane:has(.curves-plot) .lane-figure {
    align-self: center;
    white-space: normal;
  }
  .curve-key {
    width: 1.6rem;
    height: 0.5rem;
    margin-right: 0.35rem;
    vertical-align: middle;
  }
  .curve-name {
    display: block;
    color: var(--muted);
  }
`;
