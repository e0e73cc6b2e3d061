// Snapshots off this host and back: every file of one, and last what stands beside it, so that what can be seen in the
// store is whole.
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { usageError } from "../../base/errors.ts";
import { sha256OfFile } from "../../base/sha256.ts";
import {
  archivesIn,
  dataFile,
  parseSidecar,
  readSnapshot,
  sidecarFile,
  unfinished,
  type Sidecar,
  type StoredSnapshot,
} from "../snapshot/sidecar.ts";
import { decryptFile, encryptFile, sealed } from "./age.ts";
import type { S3Store } from "./s3.ts";

export interface Moving {
  onProgress: (line: string) => void;
  signal?: AbortSignal;
}

/**
 * @param recipients of age; none: as it is here
 * @returns how many files were sent; those that are in the store already are not sent again
 */
export async function pushSnapshot(
  store: S3Store,
  snapshot: StoredSnapshot,
  recipients: readonly string[],
  { onProgress, signal }: Moving,
): Promise<number> {
  const { name, folder, sidecar } = snapshot;
  let sent = 0;
  for (const file of filesOf(sidecar)) {
    signal?.throwIfAborted();
    const path = join(folder, file);
    if (recipients.length === 0) {
      const known = await store.putFile(`${name}/${file}`, path, await sha256OfFile(path), signal);
      if (known) sent += 1;
    } else {
      // Kept until it is in the store: encrypted once more it would be another file, and nothing could be gone on with.
      const cipher = `${path}${sealed}`;
      if (!(await exists(cipher))) {
        await encryptFile(path, `${cipher}${unfinished}`, recipients);
        await rename(`${cipher}${unfinished}`, cipher);
      }
      if (await store.putFile(`${name}/${file}${sealed}`, cipher, await sha256OfFile(cipher), signal))
        sent += 1;
    }
    onProgress(`in the store: ${file}`);
  }
  const path = join(folder, sidecarFile);
  if (await store.putFile(`${name}/${sidecarFile}`, path, await sha256OfFile(path), signal)) sent += 1;
  for (const file of filesOf(sidecar)) await rm(`${join(folder, file)}${sealed}`, { force: true });
  return sent;
}

/** @param identities of age, for one that is encrypted @throws KubedrillError when it is not there, or not whole */
export async function pullSnapshot(
  store: S3Store,
  name: string,
  into: string,
  identities: readonly string[],
  { onProgress, signal }: Moving,
): Promise<StoredSnapshot> {
  const text = await store.getText(`${name}/${sidecarFile}`, signal);
  const sidecar = parseSidecar(text, `${name}/${sidecarFile}`);
  const there = new Set((await store.list(`${name}/`, signal)).map((each) => each.key));
  const target = join(into, name);
  if (await exists(target))
    throw usageError(`${target} is there already; nothing was fetched.`, {
      hint: "give another --store, or delete it",
    });
  const partial = `${target}${unfinished}`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true, mode: 0o700 });
  try {
    for (const file of filesOf(sidecar)) {
      const key = `${name}/${file}`;
      const path = join(partial, file);
      if (there.has(key)) await store.getFile(key, path, signal);
      else if (there.has(`${key}${sealed}`)) {
        if (identities.length === 0)
          throw usageError(`${name} is encrypted.`, { hint: "give --identity FILE" });
        await store.getFile(`${key}${sealed}`, `${path}${sealed}`, signal);
        await decryptFile(`${path}${sealed}`, path, identities);
        await rm(`${path}${sealed}`);
      } else throw usageError(`The store has no ${key}: the snapshot ${name} is not whole there.`);
      onProgress(`fetched: ${file}`);
    }
    await writeFile(join(partial, sidecarFile), text, { mode: 0o600 });
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
  return readSnapshot(target);
}

/** Those that are whole in the store, the oldest first. */
export async function remoteSnapshots(
  store: S3Store,
  signal?: AbortSignal,
): Promise<{ name: string; sidecar: Sidecar }[]> {
  const objects = await store.list("", signal);
  const names = objects.flatMap(({ key }) => {
    const [name, file, more] = key.split("/");
    return name !== undefined && file === sidecarFile && more === undefined ? [name] : [];
  });
  const found = [];
  for (const name of names)
    found.push({
      name,
      sidecar: parseSidecar(await store.getText(`${name}/${sidecarFile}`, signal), `${name}/${sidecarFile}`),
    });
  return found.sort((a, b) => a.sidecar.takenAt.localeCompare(b.sidecar.takenAt));
}

/** What stands beside it goes first: then nobody takes the rest for a snapshot. */
export async function removeRemote(store: S3Store, name: string, signal?: AbortSignal): Promise<void> {
  await store.remove(`${name}/${sidecarFile}`, signal);
  for (const { key } of await store.list(`${name}/`, signal)) await store.remove(key, signal);
}

function filesOf(sidecar: Sidecar): string[] {
  const { kubeadmConfig } = sidecar;
  const beside = kubeadmConfig === null ? [] : [kubeadmConfig.file];
  return [dataFile, ...beside, ...archivesIn(sidecar).map((each) => each.file)];
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
