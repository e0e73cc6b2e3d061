// HTML that is escaped by construction: text can get into a page only through `html`, which escapes everything that
// is not itself made by `html`.
import { visible } from "../text/visible.ts";

/** Markup that is known to be safe. Made only here. */
export class Html {
  readonly markup: string;
  constructor(markup: string) {
    this.markup = markup;
  }
}

type Part = Html | string | number | null | undefined | false | readonly Part[];

/**
 * `html\`<td title="${name}">${name}</td>\``: strings are escaped for text and for quoted attributes alike, arrays are
 * joined, null, undefined and false are nothing. Attribute values must stand in double quotes.
 */
export function html(pieces: TemplateStringsArray, ...parts: Part[]): Html {
  const plain = unindented(pieces);
  let markup = plain[0] ?? "";
  for (const [index, part] of parts.entries()) markup += markupOf(part) + (plain[index + 1] ?? "");
  return new Html(markup);
}

const known = new WeakMap<TemplateStringsArray, string[]>();

/** Elements beside whose tags space is never seen: blocks, parts of tables and of drawings. */
const blocks =
  "(?:table|thead|tbody|tr|th|td|div|p|ul|li|dl|dt|dd|section|article|header|main|figure|figcaption|details|" +
  "rect|line|path|circle|use|title|symbol|defs|pattern|clipPath)";
const beforeBlock = new RegExp(String.raw`\n(?=</?${blocks}[\s>])`, "g");
const afterBlock = new RegExp(String.raw`(</?${blocks}(?:\s[^<>]*)?>)\n`, "g");

/**
 * Our own indentation would be a third of the page; a line break stays where it may part two words. A cell or a row
 * ends where the next begins: its end tag need not be written.
 */
function unindented(pieces: TemplateStringsArray): string[] {
  const before = known.get(pieces);
  if (before !== undefined) return before;
  const plain = pieces.map((piece) =>
    piece
      .replaceAll(/\s*\n\s*/g, "\n")
      .replaceAll(/\s(?=\/?>)/g, "")
      .replaceAll(beforeBlock, "")
      .replaceAll(afterBlock, "$1")
      .replaceAll(/<\/t[rdh]>/g, ""),
  );
  known.set(pieces, plain);
  return plain;
}

/** A name from the cluster in running text: its direction cannot spill over to what stands beside it. */
export function name(text: string): Html {
  return html`<bdi>${text}</bdi>`;
}

/**
 * A `<style>` or `<script>` with exactly this text: its hash stands in the policy, so not a space may be added.
 * @throws Error when the text could end the element; ours never does
 */
export function rawElement(opening: "<style>" | "<script>" | '<script type="module">', text: string): Html {
  if (/<\/(?:script|style)|<!--/i.test(text)) throw new Error("Raw text would end its own element.");
  return new Html(`${opening}${text}</${opening.startsWith("<style") ? "style" : "script"}>`);
}

/** Data for a `<script type="application/json">`: `<` is written as an escape of JSON. */
export function jsonText(value: unknown): Html {
  return new Html(
    JSON.stringify(value)
      .replaceAll("<", String.raw`\u003c`)
      .replaceAll(">", String.raw`\u003e`)
      .replaceAll("\u2028", String.raw`\u2028`)
      .replaceAll("\u2029", String.raw`\u2029`),
  );
}

function markupOf(part: Part): string {
  if (part === null || part === undefined || part === false) return "";
  if (part instanceof Html) return part.markup;
  if (typeof part === "string") return escaped(part);
  if (typeof part === "number") return String(part);
  return part.map(markupOf).join("");
}

function escaped(text: string): string {
  return visible(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
