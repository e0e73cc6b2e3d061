import { css } from "./css.ts";

/** What only script adds: hidden until it runs. */
export const clientStyle = css`
  .tools {
    display: flex;
    flex-wrap: wrap;
    gap: 0.4rem;
    align-items: center;
    margin: 0.25rem 0 0.5rem;
    font-size: 0.8125rem;
    color: var(--muted);
  }
  button {
    font: inherit;
    font-size: 0.8125rem;
    padding: 0.2rem 0.6rem;
    color: var(--ink);
    background: var(--card);
    border: 1px solid var(--line-strong);
    border-radius: 0.3rem;
    cursor: pointer;
  }
  button:hover,
  button[aria-pressed="true"] {
    background: var(--room);
  }
  .tip[hidden],
  .drag[hidden],
  .lane[hidden] {
    display: none;
  }
  .tip {
    position: fixed;
    z-index: 9;
    max-width: 22rem;
    padding: 0.35rem 0.6rem;
    font-size: 0.8125rem;
    color: var(--card);
    background: var(--ink);
    border-radius: 0.3rem;
    pointer-events: none;
  }
  .timetable {
    position: relative;
  }
  .js .drill .timetable:not(.waterfall) .plot {
    cursor: crosshair;
    touch-action: pan-y;
  }
  .drag {
    position: absolute;
    top: 0;
    bottom: 0;
    z-index: 3;
    background: var(--measured);
    opacity: 0.25;
    pointer-events: none;
  }
  .drill > header .tools {
    margin: 0.35rem 0;
  }
  @media print {
    .tip,
    .drag {
      display: none;
    }
  }
`;
