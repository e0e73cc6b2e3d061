// Secrets in files: only from those that nobody but their owner can read.
import { readFile, stat } from "node:fs/promises";
import { messageOf, usageError } from "../../base/errors.ts";

/** @param what as messages call it @throws KubedrillError (usage) when it cannot be read, or others can */
export async function readPrivateFile(path: string, what: string): Promise<string> {
  let text: string;
  let mode: number;
  try {
    ({ mode } = await stat(path));
    text = await readFile(path, "utf8");
  } catch (error) {
    throw usageError(`The ${what} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
  if ((mode & 0o077) !== 0)
    throw usageError(`${path} can be read by others (mode ${(mode & 0o777).toString(8)}).`, {
      hint: `chmod 600 ${path}`,
    });
  return text;
}
