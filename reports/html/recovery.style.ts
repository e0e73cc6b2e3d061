import { css } from "./css.ts";

export const recoveryStyle = css`
  .recovery {
    margin: 1.5rem 0 0;
  }
  .side-by-side {
    display: flex;
    flex-wrap: wrap;
    gap: 0 2.5rem;
  }
  .wide {
    overflow-x: auto;
    max-width: 100%;
  }
  .restored {
    margin: 0.75rem 0;
    font-size: 0.875rem;
  }
  .restored th[scope="row"] {
    font-weight: 400;
    text-align: left;
  }
  .restored .astray td:last-child {
    color: var(--fail-text);
    font-weight: 600;
  }
  .runbook summary h4 {
    display: inline;
    margin: 0;
    font-size: 1rem;
  }
  .runbook small {
    color: var(--muted);
  }
  .runbook li p {
    margin: 0.5rem 0 0.2rem;
  }
  .runbook .on {
    color: var(--muted);
    font-size: 0.8125rem;
  }
  .runbook pre {
    margin: 0;
    padding: 0.5rem 0.7rem;
    overflow-x: auto;
    border: 1px solid var(--line);
    border-radius: 0.3rem;
    font-size: 0.8125rem;
    white-space: pre;
  }
  .runbook pre span {
    display: block;
  }
`;
