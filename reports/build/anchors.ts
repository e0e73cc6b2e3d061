// Names for links inside the report; stable across runs, so that a link in a ticket keeps its meaning.

/** "control-plane/lose-one" → "control-plane-lose-one". */
export function slug(text: string): string {
  const plain = text
    .normalize("NFKD")
    .replaceAll(/[^A-Za-z0-9._]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return plain === "" ? "unnamed" : plain;
}

/** Gives every text an anchor of its own: the second of the same slug ends in "-2". */
export function anchors(prefix: string): (text: string) => string {
  const used = new Map<string, number>();
  return (text) => {
    const base = `${prefix}${slug(text)}`;
    const count = (used.get(base) ?? 0) + 1;
    used.set(base, count);
    return count === 1 ? base : `${base}-${String(count)}`;
  };
}
