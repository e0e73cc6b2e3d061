import { css } from "./css.ts";

export const drillStyle = css`
  .card {
    margin: 0 0 2rem;
    padding: 1.25rem 1.5rem 1.5rem;
    border: 1px solid var(--line-strong);
    border-radius: 0.5rem;
    background: var(--card);
    scroll-margin-top: 0.5rem;
  }
  .card h2 {
    display: flex;
    flex-wrap: wrap;
    gap: 0.4rem 0.9rem;
    align-items: center;
    margin: 0;
    font-size: 1.375rem;
    letter-spacing: -0.01em;
    line-height: 1.3;
  }
  .self {
    color: inherit;
    text-decoration: none;
  }
  .lead {
    margin: 0.35rem 0;
    font-size: 1.0625rem;
    max-width: 75ch;
  }
  .predictions ul,
  .missing ul {
    margin: 0.25rem 0 0;
    padding-left: 1.25rem;
    max-width: 75ch;
  }
  .predictions summary {
    font-weight: 600;
  }
  .missing {
    margin: 0.75rem 0;
    padding: 0.7rem 0.9rem;
    border-left: 4px solid var(--verdict);
    background: var(--verdict-soft);
    color: var(--verdict-ink);
  }
  .picture {
    margin: 1.5rem 0 0;
  }
  .data summary {
    font-size: 0.8125rem;
    color: var(--link);
  }
  @media (max-width: 46rem) {
    .card {
      padding: 1rem 0.85rem;
      margin-left: -0.35rem;
      margin-right: -0.35rem;
    }
  }
`;
