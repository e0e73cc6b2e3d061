import { css } from "./css.ts";

export const drillRowStyle = css`
  .rows {
    margin: 0.5rem 0 2.5rem;
    border: 1px solid var(--line-strong);
    border-radius: 0.5rem;
    background: var(--card);
    overflow: hidden;
  }
  .row {
    display: grid;
    grid-template-columns: 1.25rem minmax(15rem, 1fr) minmax(0, 1.35fr);
    gap: 0.5rem 0.8rem;
    padding: 0.9rem 1rem;
    color: inherit;
    text-decoration: none;
    border-top: 1px solid var(--line);
  }
  .row:first-child {
    border-top: 0;
  }
  .row:hover {
    background: var(--hover);
  }
  .row .mark {
    margin-top: 0.15rem;
  }
  .row-words {
    display: grid;
    gap: 0.15rem;
    align-content: start;
  }
  .row-words span {
    color: var(--muted);
    font-size: 0.875rem;
  }
  .row-figures {
    display: grid;
    grid-template-columns: repeat(3, minmax(0, 1fr));
    gap: 1.25rem;
  }
  .headline {
    display: flex;
    flex-direction: column;
    font-size: 0.8125rem;
    line-height: 1.35;
  }
  .headline-name {
    color: var(--muted);
    min-height: 2.7em;
  }
  .headline-figure {
    font-size: 1.0625rem;
    font-weight: 650;
    font-variant-numeric: tabular-nums;
  }
  .headline.fail .headline-figure {
    color: var(--fail-text);
  }
  .headline.inconclusive .headline-figure {
    color: var(--inconclusive-text);
  }
  .headline small {
    font-size: 0.8125rem;
    font-weight: 400;
    color: var(--muted);
  }
  @media (max-width: 60rem) {
    .row {
      grid-template-columns: 1.25rem minmax(0, 1fr);
    }
    .row-figures {
      grid-column: 2;
    }
  }
  @media (max-width: 34rem) {
    .row-figures {
      grid-template-columns: minmax(0, 1fr);
      gap: 0.5rem;
    }
    .headline {
      display: grid;
      grid-template-columns: minmax(0, 1fr) auto;
      gap: 0 0.75rem;
      align-items: baseline;
    }
    .headline-name {
      min-height: 0;
    }
    .headline .margin {
      grid-column: 1 / -1;
    }
  }
`;
