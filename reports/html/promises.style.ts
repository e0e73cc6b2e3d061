import { css } from "./css.ts";

export const promisesStyle = css`
  .promises {
    width: 100%;
  }
  .promises td {
    padding-top: 0.6rem;
    padding-bottom: 0.6rem;
  }
  .promise-mark {
    width: 1.75rem;
  }
  .promise-words p {
    margin: 0.1rem 0;
    color: var(--muted);
    font-size: 0.875rem;
    max-width: 75ch;
  }
  .promise-words ul {
    margin: 0.2rem 0;
    padding-left: 1.2rem;
    font-size: 0.875rem;
  }
  .promise-words summary {
    font-size: 0.8125rem;
    color: var(--link);
  }
  .promise .n {
    font-size: 1rem;
    font-weight: 600;
  }
  .promise .n small {
    font-weight: 400;
    color: var(--muted);
    display: block;
  }
  .promise.fail td[data-name="measured"] {
    color: var(--fail-text);
  }
  .promise-margin {
    width: 16%;
    min-width: 8rem;
  }
  .promise-margin small {
    color: var(--muted);
  }
  .promise.fail .promise-margin small {
    color: var(--fail-text);
    font-weight: 700;
  }
  .promise:target {
    background: var(--target);
  }
  .unit th {
    padding-top: 1rem;
    font-size: 0.75rem;
    color: var(--muted);
    text-align: left;
  }
  @media (max-width: 46rem) {
    .promises thead {
      display: none;
    }
    .promises tbody,
    .promises tr,
    .promises .unit th {
      display: block;
    }
    .promises .promise {
      display: grid;
      grid-template-columns: 1.9rem 1fr 1fr;
      border-bottom: 1px solid var(--line);
      padding: 0.5rem 0;
    }
    .promises .promise td {
      border: 0;
      padding: 0.1rem 0;
      text-align: left;
      width: auto;
    }
    .promise-words,
    .promise-margin {
      grid-column: 2 / -1;
    }
    .promise td[data-name="measured"] {
      grid-column: 2;
    }
    .promise td.n[data-name]::before {
      content: attr(data-name) " ";
      font-size: 0.75rem;
      font-weight: 400;
      color: var(--muted);
    }
  }
`;
