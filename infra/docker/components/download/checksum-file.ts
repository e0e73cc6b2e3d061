// Reads the checksum files that projects publish beside their releases.

/**
 * The SHA-256 of `fileName`, from a file that holds only a sum, or lines of sum and name as `sha256sum` writes them.
 * `undefined` when it has none for that name.
 */
export function checksumFor(text: string, fileName: string): string | undefined {
  const lines = text.split("\n").map((line) => line.trim());
  for (const line of lines) {
    const [, sum, name] = /^([0-9a-f]{64})(?:\s+\*?(?:\.\/)?(\S+))?$/i.exec(line) ?? [];
    if (sum === undefined) continue;
    if (name === fileName || (name === undefined && lines.filter((each) => each !== "").length === 1))
      return sum.toLowerCase();
  }
  return undefined;
}
