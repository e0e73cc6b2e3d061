// The raw data inside the file itself: links that save it, also without script.
import { gzipSync } from "node:zlib";
import { html, type Html } from "./markup.ts";

export interface RawData {
  /** verdict.json as it is written beside the report. */
  verdictJson: string;
  /** The timeline without its samples and gauges, one JSON object a line. */
  timeline: string;
  markdown: string;
}

export function rawPart(raw: RawData): Html {
  return html`<section class="card" id="raw" aria-labelledby="raw-title">
    <h2 id="raw-title">Raw data</h2>
    <p>
      Everything that this report was judged by stands in <code>timeline.jsonl</code> of the run. In this
      file:
    </p>
    <ul>
      <li>
        <a download="verdict.json.gz" href="${dataUrl("application/gzip", packed(raw.verdictJson))}"
          >verdict.json.gz</a
        >: verdicts, budgets and measurements
      </li>
      <li>
        <a download="events.jsonl.gz" href="${dataUrl("application/gzip", packed(raw.timeline))}"
          >events.jsonl.gz</a
        >: the timeline without its single attempts
      </li>
      <li>
        <a download="summary.md" href="${dataUrl("text/markdown", Buffer.from(raw.markdown))}">summary.md</a>:
        the same in Markdown, for tickets
      </li>
    </ul>
  </section>`;
}

function packed(text: string): Buffer {
  return gzipSync(text, { level: 9 });
}

function dataUrl(type: string, bytes: Buffer): string {
  return `data:${type};base64,${bytes.toString("base64")}`;
}
