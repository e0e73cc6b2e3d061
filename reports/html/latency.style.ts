import { css } from "./css.ts";

export const latencyStyle = css`
  .spread {
    fill: var(--measured);
    opacity: 0.28;
  }
  .median {
    fill: none;
    stroke: var(--measured);
    stroke-width: 1.6;
    vector-effect: non-scaling-stroke;
  }
  .failures {
    stroke: var(--bad);
    stroke-width: 2;
    vector-effect: non-scaling-stroke;
  }
  .level {
    stroke: var(--line);
    stroke-dasharray: 1 3;
  }
  .plot text.level-name {
    fill: var(--muted);
    font-size: 0.625rem;
  }
  .lane:has(.latency) {
    line-height: 1.35;
    border-bottom: 1px solid var(--line);
  }
  .lane:has(.latency) .lane-label,
  .lane:has(.latency) .lane-figure {
    align-self: center;
    white-space: normal;
  }
  .explore {
    display: none;
  }
  .js .explore {
    display: block;
  }
  .explore-host {
    margin-top: 0.5rem;
    overflow: hidden;
  }
  .u-legend {
    font-size: 0.8125rem;
    text-align: left;
  }
  @media print {
    .js .explore {
      display: none;
    }
  }
`;
