// Finds drill files and imports them; what they declare is known afterwards. Also for `list` and `--dry-run`.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { declaredDrills, type DrillSpec } from "../scenario.ts";

const scenariosDir = join(import.meta.dirname, "..", "..", "scenarios");

/** All drills by id, in the order of their files' names. */
export async function loadDrills(): Promise<Map<string, DrillSpec>> {
  const files = await readdir(scenariosDir, { recursive: true });
  for (const file of files.filter((each) => /\.drill\.[jt]s$/.test(each)).sort())
    await import(/* @vite-ignore */ pathToFileURL(join(scenariosDir, file)).href);
  return new Map(declaredDrills().map((spec) => [spec.id, spec]));
}
