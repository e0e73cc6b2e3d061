// The version of this kubedrill, from its package.json.
import { readFileSync } from "node:fs";
import { z } from "zod";

const manifest = z.object({ version: z.string() });

/** package.json stands two folders up from the source, three from the compiled file. */
function readVersion(): string {
  for (const up of ["../../package.json", "../../../package.json"]) {
    try {
      return manifest.parse(JSON.parse(readFileSync(new URL(up, import.meta.url), "utf8"))).version;
    } catch {
      continue;
    }
  }
  return "unknown";
}

export const kubedrillVersion = readVersion();
