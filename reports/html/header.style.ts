import { css } from "./css.ts";

export const headerStyle = css`
  .head {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem 1.5rem;
    align-items: center;
    justify-content: space-between;
    padding: 1.25rem 0 0.9rem;
    border-bottom: 1px solid var(--line-strong);
  }
  .run,
  .counts {
    display: flex;
    flex-wrap: wrap;
    gap: 0.35rem 0.5rem;
    margin: 0;
    align-items: center;
  }
  .run span::before {
    content: "·";
    margin-right: 0.5rem;
    color: var(--muted);
  }
  .badge.plain {
    padding-left: 0.65rem;
  }
`;
