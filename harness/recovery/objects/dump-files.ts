// A dump on this host: where each object's file is, and reading them all back.
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { messageOf, usageError } from "../../base/errors.ts";
import { withTemporaryFolder } from "../../base/temporary-folder.ts";
import { decryptFile, sealed } from "../remote/age.ts";
import type { Declared } from "./declared.ts";
import { resourceName, type Resource } from "./resources.ts";

export const indexFile = "dump.json";

const indexSchema = z.strictObject({
  schema: z.literal(1),
  /** UTC. */
  takenAt: z.iso.datetime(),
  lab: z.string(),
  clusterUid: z.string(),
  objects: z.int(),
  secrets: z.enum(["omit", "plain", "encrypt"]),
});
export type DumpIndex = z.output<typeof indexSchema>;

/** Of objects outside of any namespace. */
const nowhere = "_cluster";

/** "shop/deployments.apps/web.yaml", from the dump's folder. Names of objects may have characters that files may not. */
export function pathOf(resource: Pick<Resource, "plural" | "group">, { metadata }: Declared): string {
  return join(
    metadata.namespace ?? nowhere,
    resourceName(resource),
    `${encodeURIComponent(metadata.name)}.yaml`,
  );
}

export interface ReadDump {
  index: DumpIndex;
  objects: Declared[];
}

const declared = z.looseObject({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  metadata: z.looseObject({ name: z.string().min(1), namespace: z.string().optional() }),
});

/** @throws KubedrillError (usage) that names the file that is wrong, or encrypted and has no identity given */
export async function readDump(folder: string, identities: readonly string[]): Promise<ReadDump> {
  const index = await readIndex(folder);
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((each) => each.endsWith(".yaml") || each.endsWith(`.yaml${sealed}`)).sort();
  return withTemporaryFolder("dump", async (scratch) => {
    const objects: Declared[] = [];
    for (const file of files) {
      const path = join(folder, file);
      const text = file.endsWith(sealed)
        ? await opened(path, join(scratch, "object"), identities)
        : await readFile(path, "utf8");
      objects.push(parsed(text, path));
    }
    return { index, objects };
  });
}

async function opened(path: string, to: string, identities: readonly string[]): Promise<string> {
  if (identities.length === 0)
    throw usageError(`${path} is encrypted.`, { hint: "give --identity with a file of age-keygen" });
  await decryptFile(path, to, identities);
  try {
    return await readFile(to, "utf8");
  } finally {
    await rm(to);
  }
}

async function readIndex(folder: string): Promise<DumpIndex> {
  const path = join(folder, indexFile);
  try {
    return indexSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    throw usageError(`${folder} is no dump: ${messageOf(error)}`, {
      cause: error,
      hint: "kubedrill dump makes one",
    });
  }
}

function parsed(text: string, path: string): Declared {
  try {
    return declared.parse(parse(text)) as Declared;
  } catch (error) {
    throw usageError(`${path} is no object of Kubernetes: ${messageOf(error)}`, { cause: error });
  }
}
