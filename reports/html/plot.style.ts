import { css } from "./css.ts";

/** Rows of label, picture and figure; on a phone label and figure stand above the picture. */
export const plotStyle = css`
  .defs {
    position: absolute;
    width: 0;
    height: 0;
  }
  .lane {
    display: grid;
    grid-template-columns: 13.5rem minmax(0, 1fr) 8.5rem;
    align-items: stretch;
    font-size: 0.8125rem;
    line-height: 1.5rem;
  }
  .lane-label {
    padding-right: 0.75rem;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .lane-figure {
    padding-left: 0.75rem;
    text-align: right;
    white-space: nowrap;
    color: var(--muted);
  }
  .plot {
    display: block;
    width: 100%;
    overflow: hidden;
  }
  .plot text {
    font-size: 0.75rem;
    fill: var(--ink);
    unicode-bidi: isolate;
  }
  .ruler {
    position: sticky;
    top: 0;
    z-index: 2;
    background: var(--card);
    color: var(--muted);
    border-bottom: 1px solid var(--line-strong);
  }
  .ruler .lane-label {
    align-self: end;
  }
  .ruler .plot text.tick {
    fill: var(--muted);
    text-anchor: middle;
  }
  .ruler .plot text.start {
    text-anchor: start;
  }
  .ruler .plot text.end {
    text-anchor: end;
  }
  .ruler .plot text.zero {
    fill: var(--ink);
    font-weight: 700;
  }
  .plot text.fold-name {
    fill: var(--muted);
    text-anchor: middle;
    font-size: 0.6875rem;
    font-style: italic;
    paint-order: stroke;
    stroke: var(--card);
    stroke-width: 5px;
  }
  .plot text.band-name {
    fill: var(--on-tone);
    font-weight: 600;
  }
  .plot > use {
    pointer-events: none;
  }
  .grid {
    stroke: var(--line);
  }
  .band {
    opacity: 0.13;
  }
  .edge {
    stroke-width: 1.5;
    stroke-dasharray: 4 2;
  }
  .fold {
    fill: var(--card);
    opacity: 0.86;
  }
  .tear {
    overflow: visible;
  }
  .tone-power {
    fill: var(--fault-power);
    stroke: var(--fault-power);
  }
  .tone-freeze {
    fill: var(--fault-freeze);
    stroke: var(--fault-freeze);
  }
  .tone-network {
    fill: var(--fault-network);
    stroke: var(--fault-network);
  }
  .tone-pod {
    fill: var(--fault-pod);
    stroke: var(--fault-pod);
  }
  .tone-service {
    fill: var(--fault-service);
    stroke: var(--fault-service);
  }
  .tone-data {
    fill: var(--fault-data);
    stroke: var(--fault-data);
  }
  .band,
  .band-cap {
    stroke: none;
  }
  @media (max-width: 46rem) {
    .lane {
      grid-template-columns: minmax(0, 1fr) auto;
    }
    .lane .plot {
      grid-column: 1 / -1;
      grid-row: 2;
    }
    .ruler .lane-label {
      display: none;
    }
    .ruler .plot text.odd,
    .plot text.fold-name {
      display: none;
    }
  }
`;
