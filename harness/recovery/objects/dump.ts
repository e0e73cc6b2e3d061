// Everything that is declared in a cluster as files that a person can read and compare: one for each object. What holds
// secrets is left out, or encrypted. Whole or not at all.
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { inconclusiveError, messageOf, usageError } from "../../base/errors.ts";
import { listAll } from "../../kube/list-pages.ts";
import type { World } from "../../lab/world.ts";
import { readClusterUid } from "../../lab/read-topology.ts";
import { encryptFile, sealed } from "../remote/age.ts";
import { declaredForm, whyNotDeclared, type Declared } from "./declared.ts";
import { indexFile, pathOf, type DumpIndex } from "./dump-files.ts";
import { collectionPath, discoverResources, resourceName, type Resource } from "./resources.ts";

/** What becomes of Secrets. */
export type SecretsChoice = { kind: "omit" } | { kind: "plain" } | { kind: "encrypt"; recipients: string[] };

export interface DumpOrder {
  /** A folder that is not there yet. */
  out: string;
  secrets: SecretsChoice;
  /** Only objects in these; default: all, and those outside of any. */
  namespaces?: string[] | undefined;
  onProgress: (line: string) => void;
}

export interface Dumped {
  objects: number;
  /** Not declared by anybody. */
  derived: number;
  secretsOmitted: number;
  silent: string[];
}

/** @throws KubedrillError (usage) when the folder is there; (inconclusive) when a kind cannot be listed */
export async function dumpObjects(world: World, order: DumpOrder): Promise<Dumped> {
  const { out, secrets, namespaces } = order;
  const kube = world.kube.main;
  const { resources, silent } = await discoverResources(kube);
  for (const each of silent) order.onProgress(`left out, because its server does not answer: ${each}`);
  const partial = `${out}.unfinished`;
  await mkdir(dirname(out), { recursive: true });
  await mkdir(partial, { mode: 0o700 }).catch((error: unknown) => {
    throw usageError(`The folder ${partial} cannot be made: ${messageOf(error)}.`, { cause: error });
  });
  try {
    const dumped: Dumped = { objects: 0, derived: 0, secretsOmitted: 0, silent };
    for (const resource of resources.filter(
      (each) => namespaces === undefined || each.namespaced || each.kind === "Namespace",
    )) {
      for (const object of await objectsOf(world, resource)) {
        const { namespace, name } = object.metadata;
        const place = resource.kind === "Namespace" ? name : namespace;
        if (namespaces !== undefined && !namespaces.includes(place ?? "")) continue;
        if (whyNotDeclared(resource, object) !== null) dumped.derived += 1;
        else if (resourceName(resource) === "secrets" && secrets.kind === "omit") dumped.secretsOmitted += 1;
        else {
          await writeObject(partial, resource, declaredForm(resource, object), secrets);
          dumped.objects += 1;
        }
      }
    }
    await writeIndex(world, partial, dumped, secrets);
    await rename(partial, out).catch((error: unknown) => {
      throw usageError(`The folder ${out} cannot be made: ${messageOf(error)}.`, { cause: error });
    });
    return dumped;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

async function objectsOf(world: World, resource: Resource) {
  try {
    return await listAll(world.kube.main, collectionPath(resource), {}, (object) => object);
  } catch (error) {
    throw inconclusiveError(`${resourceName(resource)} cannot be listed: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function writeObject(
  folder: string,
  resource: Resource,
  declared: Declared,
  secrets: SecretsChoice,
): Promise<void> {
  const path = join(folder, pathOf(resource, declared));
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, stringify(declared, { sortMapEntries: true, lineWidth: 0 }), { mode: 0o600 });
  if (resourceName(resource) !== "secrets" || secrets.kind !== "encrypt") return;
  await encryptFile(path, `${path}${sealed}`, secrets.recipients);
  await rm(path);
}

async function writeIndex(
  world: World,
  folder: string,
  dumped: Dumped,
  secrets: SecretsChoice,
): Promise<void> {
  const index: DumpIndex = {
    schema: 1,
    takenAt: new Date().toISOString(),
    lab: world.file.name,
    clusterUid: await readClusterUid(world),
    objects: dumped.objects,
    secrets: secrets.kind,
  };
  await writeFile(join(folder, indexFile), `${JSON.stringify(index, null, 2)}\n`, { mode: 0o600 });
}
