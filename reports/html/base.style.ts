import { css } from "./css.ts";

/** Colours by meaning, light and dark; type; tables; print. Contrast of every text pair is AA (tested). */
export const baseStyle = css`
  :root {
    color-scheme: light dark;
    --page: #f3f4f6;
    --card: #ffffff;
    --hover: #f6f8fb;
    --target: #fff3c9;
    --ink: #17202c;
    --muted: #55606f;
    --line: #e3e7ec;
    --line-strong: #c9d0d9;
    --link: #0b5394;
    --on-tone: #ffffff;
    --room: #dfe5ec;
    --measured: #1f5f99;
    --pass: #00705a;
    --pass-ink: #00503f;
    --pass-soft: #dbf1ea;
    --fail: #b52e12;
    --fail-ink: #7d1c07;
    --fail-soft: #fbe4de;
    --fail-text: #a82a10;
    --inconclusive: #5c4fa8;
    --inconclusive-ink: #40347f;
    --inconclusive-soft: #e9e6f7;
    --inconclusive-text: #53459f;
    --good: #d3ece3;
    --good-line: #3d9879;
    --good-ink: #0a5542;
    --bad: #bf3515;
    --bad-ink: #ffffff;
    --bad-text: #a82a10;
    --partly: #f0c24b;
    --partly-ink: #3b2900;
    --off: #39424f;
    --off-ink: #ffffff;
    --unseen: #e2dff2;
    --unseen-ink: #40347f;
    --unseen-soft: #f4f2fb;
    --changed: #cfe0f5;
    --changed-ink: #123f73;
    --place-ink: #17202c;
    --place-0: #bcdcf5;
    --place-1: #fbdba7;
    --place-2: #f0cbe0;
    --place-3: #c3ebe7;
    --place-4: #eae5a3;
    --place-5: #dadfe6;
    --texture: rgb(255 255 255 / 0.42);
    --texture-unseen: rgb(92 79 168 / 0.5);
    --texture-place: rgb(23 32 44 / 0.22);
    --fault-power: #b52e12;
    --fault-freeze: #0b6aa8;
    --fault-network: #8a5200;
    --fault-pod: #8c2f68;
    --fault-service: #5f5a00;
    --fault-data: #39424f;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --page: #10151c;
      --card: #171e27;
      --hover: #1d2631;
      --target: #3d3413;
      --ink: #e6eaf0;
      --muted: #a3afbe;
      --line: #29323e;
      --line-strong: #3a4553;
      --link: #86bdf2;
      --on-tone: #10151c;
      --room: #313c49;
      --measured: #6cb2ee;
      --pass: #4cc9a4;
      --pass-ink: #a5ead3;
      --pass-soft: #143a31;
      --fail: #ff8a6b;
      --fail-ink: #ffc9ba;
      --fail-soft: #48211a;
      --fail-text: #ff9b80;
      --inconclusive: #b0a4f5;
      --inconclusive-ink: #d9d2ff;
      --inconclusive-soft: #2e2950;
      --inconclusive-text: #bfb4fa;
      --good: #1c4239;
      --good-line: #35836b;
      --good-ink: #a5ead3;
      --bad: #e8593a;
      --bad-ink: #17110f;
      --bad-text: #ff9b80;
      --partly: #c99a2b;
      --partly-ink: #1a1200;
      --off: #77828f;
      --off-ink: #10151c;
      --unseen: #35305c;
      --unseen-ink: #d9d2ff;
      --unseen-soft: #241f42;
      --changed: #24405f;
      --changed-ink: #cfe3fa;
      --place-ink: #f2f5f9;
      --place-0: #1f4f78;
      --place-1: #6b4712;
      --place-2: #6a2f52;
      --place-3: #1b5a58;
      --place-4: #56521a;
      --place-5: #434d59;
      --texture: rgb(0 0 0 / 0.32);
      --texture-unseen: rgb(190 180 250 / 0.45);
      --texture-place: rgb(255 255 255 / 0.18);
      --fault-power: #ff8a6b;
      --fault-freeze: #6cb2ee;
      --fault-network: #e0a458;
      --fault-pod: #e59cc6;
      --fault-service: #cfc96a;
      --fault-data: #b3bdc9;
    }
  }
  * {
    box-sizing: border-box;
  }
  html {
    scroll-behavior: smooth;
    -webkit-text-size-adjust: 100%;
  }
  body {
    margin: 0;
    font:
      1rem/1.5 system-ui,
      -apple-system,
      "Segoe UI",
      Roboto,
      "Noto Sans",
      "DejaVu Sans",
      sans-serif;
    font-variant-numeric: tabular-nums;
    color: var(--ink);
    background: var(--page);
  }
  main {
    max-width: 80rem;
    margin: 0 auto;
    padding: 0 1.25rem 3rem;
  }
  h3 {
    margin: 1.5rem 0 0.5rem;
    font-size: 1rem;
  }
  a {
    color: var(--link);
  }
  code {
    font:
      0.875em/1.4 ui-monospace,
      Menlo,
      Consolas,
      "DejaVu Sans Mono",
      monospace;
    overflow-wrap: anywhere;
  }
  :focus-visible {
    outline: 3px solid var(--link);
    outline-offset: 2px;
  }
  summary {
    cursor: pointer;
    padding: 0.25rem 0;
  }
  .note,
  .none {
    margin: 0.25rem 0;
    color: var(--muted);
    font-size: 0.8125rem;
  }
  .scroll {
    overflow-x: auto;
    max-height: 32rem;
  }
  table {
    border-collapse: collapse;
    font-size: 0.9375rem;
  }
  caption {
    text-align: left;
    color: var(--muted);
    padding-bottom: 0.2rem;
  }
  th,
  td {
    padding: 0.3rem 0.75rem 0.3rem 0;
    border-bottom: 1px solid var(--line);
    text-align: left;
    vertical-align: top;
  }
  th {
    font-size: 0.8125rem;
    color: var(--muted);
  }
  .n {
    text-align: right;
    white-space: nowrap;
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  .skip:not(:focus) {
    position: absolute;
    left: -99rem;
  }
  @media (prefers-reduced-motion: reduce) {
    html {
      scroll-behavior: auto;
    }
  }
`;
