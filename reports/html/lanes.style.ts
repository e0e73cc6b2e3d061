import { css } from "./css.ts";

const places = Array.from(
  { length: 6 },
  (_, index) => css`
    .place-${String(index)} {
      --fill: var(--place-${String(index)});
      --text: var(--place-ink);
    }
    .place-${String(index)} rect + rect {
      fill: url(#texture-place-${String(index)});
    }
  `,
).join("");

export const lanesStyle = css`
  .lane-group {
    margin: 0;
    padding: 0.55rem 0 0.1rem;
    font-size: 0.75rem;
    font-weight: 700;
    letter-spacing: 0.02em;
    color: var(--muted);
    border-top: 1px solid var(--line);
  }
  .ruler + .lane-group {
    border-top: 0;
  }
  .lane:not(.eventful):not(.ruler) {
    color: var(--muted);
  }
  .s rect {
    y: 4px;
    width: 100%;
    height: 16px;
    fill: var(--fill);
  }
  .s rect + rect {
    fill: none;
  }
  rect.s {
    y: 10px;
    height: 4px;
    fill: var(--fill);
  }
  .swatch rect {
    y: 1px;
    height: 14px;
  }
  .swatch.quiet rect {
    y: 6px;
    height: 4px;
  }
  .plot .s text {
    transform: translate(6px, 16px);
    fill: var(--text);
    pointer-events: none;
  }
  .timetable:not(.zoomed) .s text.no {
    display: none;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 0.15rem 1rem;
  }
  .key.legend span {
    display: inline-flex;
    gap: 0.35rem;
    align-items: center;
    width: auto;
    height: auto;
    margin: 0;
  }
  .s.quiet {
    --fill: var(--good-line);
  }
  .good {
    --fill: var(--good);
    --text: var(--good-ink);
  }
  .bad {
    --fill: var(--bad);
    --text: var(--bad-ink);
  }
  .partly {
    --fill: var(--partly);
    --text: var(--partly-ink);
  }
  .off {
    --fill: var(--off);
    --text: var(--off-ink);
  }
  .absent {
    --fill: var(--card);
    --text: var(--bad-text);
  }
  .absent rect:first-of-type {
    stroke: var(--bad);
    stroke-width: 3;
    stroke-dasharray: 3 3;
  }
  .unseen {
    --fill: var(--unseen);
    --text: var(--unseen-ink);
  }
  .changed {
    --fill: var(--changed);
    --text: var(--changed-ink);
  }
  .bad rect + rect {
    fill: url(#texture-bad);
  }
  .partly rect + rect {
    fill: url(#texture-partly);
  }
  .unseen rect + rect {
    fill: url(#texture-unseen);
  }
  .bad text,
  .unseen text,
  .partly text {
    font-weight: 700;
    paint-order: stroke;
    stroke: var(--fill);
    stroke-width: 4px;
    stroke-linejoin: round;
  }
  .s:focus {
    outline: none;
  }
  rect.s:is(:focus, :hover),
  .s:is(:focus, :hover) rect:first-of-type {
    stroke: var(--ink);
    stroke-width: 3;
    stroke-dasharray: none;
  }
  ${places}
  .stretches th[scope="rowgroup"] {
    position: sticky;
    top: 0;
    background: var(--card);
  }
  .stretches td:nth-child(-n + 2),
  .shares td {
    text-align: right;
    white-space: nowrap;
  }
  .stretches td {
    unicode-bidi: plaintext;
  }
  .texture {
    fill: var(--texture);
  }
  .texture-line {
    stroke: var(--texture-unseen);
    fill: none;
    stroke-width: 0.8;
  }
  .texture-faint {
    fill: none;
    stroke: var(--muted);
  }
  .texture-place {
    fill: var(--texture-place);
  }
  .texture-place-line {
    stroke: var(--texture-place);
    fill: none;
  }
  @media (max-width: 46rem) {
    .timetable:not(.zoomed) .s text.wide {
      display: none;
    }
  }
`;
