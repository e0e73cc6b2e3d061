// SHA-256 of files and of texts, in lower-case hexadecimal.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";

/** The sum of a file of any size, or of its first bytes. */
export async function sha256OfFile(path: string, firstBytes = Infinity): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { end: firstBytes - 1 }), hash);
  return hash.digest("hex");
}

export function sha256OfText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
