import { css } from "./css.ts";

export const waterfallStyle = css`
  .waterfall .lane {
    line-height: 1.875rem;
  }
  .waterfall .lane-figure {
    color: var(--ink);
    font-variant-numeric: tabular-nums;
  }
  .waterfall .fail .lane-figure {
    color: var(--fail-text);
    font-weight: 700;
  }
  .waterfall .ruler {
    position: static;
  }
  .predicted {
    fill: var(--room);
    stroke: var(--muted);
    stroke-width: 1;
    stroke-dasharray: 4 2;
  }
  .measured {
    fill: var(--measured);
  }
  .wf-expected {
    stroke: var(--muted);
    stroke-width: 2;
  }
  .earliest {
    stroke: var(--muted);
    stroke-dasharray: 2 2;
  }
  .waterfall .inconclusive .lane-figure {
    color: var(--inconclusive-text);
  }
  .plot text.never {
    fill: var(--inconclusive-text);
    paint-order: stroke;
    stroke: var(--card);
    stroke-width: 4px;
    font-weight: 700;
  }
  .plot text.never.fail {
    fill: var(--fail-text);
  }
  .key {
    margin: 0 0 0.5rem;
    color: var(--muted);
    font-size: 0.8125rem;
  }
  .key span {
    display: inline-block;
    width: 1.5rem;
    height: 0.65rem;
    margin: 0 0.25rem 0 0.75rem;
  }
  .key span:first-child {
    margin-left: 0;
  }
  .swatch-predicted {
    background: var(--room);
    outline: 1px dashed var(--muted);
  }
  .key .swatch-expected {
    width: 2px;
    height: 0.9rem;
    vertical-align: -0.15rem;
    background: var(--muted);
  }
  .swatch-measured {
    background: var(--measured);
  }
  .swatch-over {
    background: repeating-linear-gradient(135deg, var(--bad) 0 4px, var(--texture) 4px 6px);
  }
`;
