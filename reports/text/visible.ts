// Names from a cluster are hostile: characters that change how the text around them is read are made visible.

/**
 * Control characters, direction overrides, invisible separators and lone surrogates become "⟨U+202E⟩"; line breaks
 * and tabs become a space. What is left is valid in HTML and in XML 1.0.
 */
export function visible(text: string): string {
  return text.replaceAll(/[\t\n\r\u2028\u2029]+/g, " ").replaceAll(
    // The whole point is to find control characters.
    /[\p{Cc}\p{Cs}\u061C\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\uFFFE\uFFFF]/gu,
    (found) => `⟨U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`,
  );
}

/** At most `limit` characters, the cut marked by "…". */
export function shortened(text: string, limit: number): string {
  const characters = Array.from(text);
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join("")}…`;
}
