import { css } from "./css.ts";

export const answerStyle = css`
  .answer {
    padding: 1.5rem 0 0.5rem;
  }
  h1 {
    max-width: 34ch;
    margin: 0 0 1rem;
    font-size: clamp(1.5rem, 1.1rem + 1.8vw, 2.25rem);
    line-height: 1.2;
    letter-spacing: -0.015em;
    text-wrap: balance;
  }
  .shortfalls {
    display: grid;
    gap: 0.6rem;
    margin: 0 0 1rem;
    padding: 0;
    list-style: none;
  }
  .shortfalls li {
    display: flex;
    gap: 0.65rem;
    padding: 0.7rem 0.9rem;
    border-left: 4px solid var(--verdict);
    border-radius: 0.25rem;
    background: var(--verdict-soft);
    color: var(--verdict-ink);
  }
  .shortfalls p {
    margin: 0;
    max-width: 75ch;
  }
  .shortfalls a {
    font-weight: 600;
    color: inherit;
  }
  .unfinished {
    padding: 0.7rem 0.9rem;
    border: 2px dashed var(--inconclusive);
    max-width: 75ch;
  }
  .skipped {
    color: var(--muted);
    font-size: 0.875rem;
  }
  .skipped ul {
    margin: 0.25rem 0;
    padding-left: 1.25rem;
  }
`;
