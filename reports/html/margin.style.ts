import { css } from "./css.ts";

export const marginStyle = css`
  .margin {
    display: block;
    width: 100%;
    height: 14px;
    min-width: 5rem;
  }
  .room {
    fill: var(--room);
  }
  .used {
    fill: var(--measured);
  }
  .over {
    fill: var(--bad);
  }
  .over-texture {
    fill: url(#texture-bad);
  }
  .doubt {
    stroke: var(--ink);
    stroke-width: 2;
  }
  .expected {
    stroke: var(--card);
    stroke-width: 2;
  }
  .limit {
    stroke: var(--ink);
    stroke-width: 2;
  }
`;
