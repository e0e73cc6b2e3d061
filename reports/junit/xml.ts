// XML that is escaped by construction, like the HTML of the report. No CDATA, so nothing can end it early; characters
// that XML 1.0 does not allow are made visible.
import { visible } from "../text/visible.ts";

export class Xml {
  readonly markup: string;
  constructor(markup: string) {
    this.markup = markup;
  }
}

type Part = Xml | string | number | readonly Part[];

/** Strings are escaped for text and for quoted attributes alike; arrays are joined. */
export function xml(pieces: TemplateStringsArray, ...parts: Part[]): Xml {
  let markup = pieces[0] ?? "";
  for (const [index, part] of parts.entries()) markup += markupOf(part) + (pieces[index + 1] ?? "");
  return new Xml(markup);
}

function markupOf(part: Part): string {
  if (part instanceof Xml) return part.markup;
  if (typeof part === "number") return String(part);
  if (typeof part === "string") return escaped(part);
  return part.map(markupOf).join("");
}

function escaped(text: string): string {
  return visible(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&apos;");
}
