import { css } from "./css.ts";

export const logStyle = css`
  .log summary h3 {
    display: inline;
  }
  .log small {
    color: var(--muted);
  }
  .entries {
    font-size: 0.875rem;
  }
  .entries td:nth-child(2) {
    white-space: nowrap;
    color: var(--muted);
  }
  .entries td:last-child {
    overflow-wrap: anywhere;
  }
  .kind-fault td,
  .kind-error td {
    font-weight: 600;
  }
  .kind-blind td,
  .kind-warning td {
    background: var(--unseen-soft);
  }
  .entry:target td {
    background: var(--target);
  }
  .filter {
    display: flex;
    flex-wrap: wrap;
    gap: 0.4rem;
    margin: 0.5rem 0;
  }
  dl {
    margin: 0.5rem 0;
    font-size: 0.875rem;
  }
  dl div {
    display: grid;
    grid-template-columns: min(16rem, 35%) minmax(0, 1fr);
    gap: 0.2rem 1rem;
    padding: 0.2rem 0;
    border-bottom: 1px solid var(--line);
  }
  dt {
    color: var(--muted);
    overflow-wrap: anywhere;
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
    white-space: pre-line;
  }
`;
