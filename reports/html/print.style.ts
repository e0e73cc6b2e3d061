import { css } from "./css.ts";

/** A4, black and white: textures and words carry what colour did. */
export const printStyle = css`
  @page {
    size: A4;
    margin: 12mm;
  }
  @media print {
    :root {
      color-scheme: light;
      --page: #fff;
      --card: #fff;
      --ink: #000;
      --muted: #333;
      --line: #ddd;
      --line-strong: #888;
      --link: #000;
      --on-tone: #fff;
      --room: #e2e2e2;
      --measured: #333;
      --pass: #000;
      --pass-ink: #000;
      --pass-soft: #fff;
      --fail: #000;
      --fail-ink: #000;
      --fail-soft: #fff;
      --fail-text: #000;
      --inconclusive: #555;
      --inconclusive-ink: #000;
      --inconclusive-soft: #fff;
      --inconclusive-text: #000;
      --good: #efefef;
      --good-line: #888;
      --good-ink: #000;
      --bad: #222;
      --bad-ink: #fff;
      --bad-text: #000;
      --partly: #ccc;
      --partly-ink: #000;
      --off: #777;
      --off-ink: #fff;
      --unseen: #fff;
      --unseen-ink: #000;
      --unseen-soft: #fff;
      --changed: #ddd;
      --changed-ink: #000;
      --place-ink: #000;
      --place-0: #fff;
      --place-1: #fff;
      --place-2: #fff;
      --place-3: #fff;
      --place-4: #fff;
      --place-5: #fff;
      --texture: rgb(255 255 255 / 0.5);
      --texture-unseen: #777;
      --texture-place: rgb(0 0 0 / 0.4);
      --fault-power: #000;
      --fault-freeze: #000;
      --fault-network: #000;
      --fault-pod: #000;
      --fault-service: #000;
      --fault-data: #000;
    }
    body {
      font-size: 9.5pt;
      print-color-adjust: exact;
      -webkit-print-color-adjust: exact;
    }
    main {
      max-width: none;
      padding: 0;
    }
    .card {
      border: 0;
      padding: 0;
      break-before: page;
    }
    .lane,
    .promise,
    .row,
    .shortfalls li {
      break-inside: avoid;
    }
    .ruler {
      position: static;
    }
    .lane {
      grid-template-columns: 9rem minmax(0, 1fr) 6.5rem;
      font-size: 8pt;
    }
    .s rect:first-of-type {
      stroke: #000;
      stroke-width: 0.6;
    }
    rect.s,
    .s.quiet rect:first-of-type {
      stroke: none;
    }
    .timetable .s text.wide,
    .promise summary {
      display: none;
    }
    .badge {
      box-shadow: inset 0 0 0 1px #000;
    }
    .shortfalls li,
    .missing {
      border: 1px solid #000;
      border-left-width: 4px;
    }
    .data,
    .explore,
    .tools,
    .filter {
      display: none;
    }
    .scroll {
      max-height: none;
      overflow: visible;
    }
    h2,
    h3,
    .lane-group {
      break-after: avoid;
    }
  }
`;
