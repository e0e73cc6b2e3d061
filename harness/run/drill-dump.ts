// What is declared, dumped for a drill that makes it again; gone when the drill is through with it.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { stateDir } from "../base/paths.ts";
import type { World } from "../lab/world.ts";
import type { Declared } from "../recovery/objects/declared.ts";
import { dumpObjects, type DumpOrder } from "../recovery/objects/dump.ts";
import { readDump } from "../recovery/objects/dump-files.ts";

/** Secrets may be in it: nobody else can read the folder, and it is removed whatever `work` does. */
export async function withDump(
  world: World,
  order: Pick<DumpOrder, "secrets" | "namespaces">,
  work: (objects: Declared[]) => Promise<void>,
): Promise<void> {
  const out = join(stateDir(), "drill-dumps", world.file.name);
  await rm(out, { recursive: true, force: true });
  try {
    await dumpObjects(world, { ...order, out, onProgress: () => undefined });
    await work((await readDump(out, [])).objects);
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}
