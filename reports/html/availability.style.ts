import { css } from "./css.ts";

export const availabilityStyle = css`
  .ok {
    fill: var(--measured);
    opacity: 0.55;
  }
  .lost {
    fill: var(--bad);
  }
  .lost-texture {
    fill: url(#texture-bad);
  }
`;
