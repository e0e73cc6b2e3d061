// Files encrypted for recipients of age (age-encryption.org, version 1), as streams: whoever has the store or its keys
// but not the identity has nothing.
import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Decrypter, Encrypter } from "age-encryption";
import { KubedrillError, messageOf, usageError } from "../../base/errors.ts";
import { readPrivateFile } from "./private-file.ts";

/** At the end of the name of a file that is encrypted. */
export const sealed = ".age";

/** @throws KubedrillError (usage) when one is no recipient */
export function checkRecipients(recipients: readonly string[]): void {
  const encrypter = new Encrypter();
  for (const each of recipients)
    try {
      encrypter.addRecipient(each);
    } catch (error) {
      // Nothing that may be a secret is repeated.
      const given = each.startsWith("age1") ? each : "What was given";
      throw usageError(`${given} is no recipient of age: ${messageOf(error)}.`, {
        cause: error,
        hint: "a public key that begins with age1, as age-keygen prints it",
      });
    }
}

export async function encryptFile(from: string, to: string, recipients: readonly string[]): Promise<void> {
  const encrypter = new Encrypter();
  for (const each of recipients) encrypter.addRecipient(each);
  const plain = Readable.toWeb(createReadStream(from)) as globalThis.ReadableStream<Uint8Array>;
  await write(await encrypter.encrypt(plain), to);
}

/** @throws KubedrillError (usage) when none of the identities can read it; (inconclusive) when it is damaged */
export async function decryptFile(from: string, to: string, identities: readonly string[]): Promise<void> {
  const decrypter = new Decrypter();
  for (const each of identities) decrypter.addIdentity(each);
  const sealed = Readable.toWeb(createReadStream(from)) as globalThis.ReadableStream<Uint8Array>;
  let plain: globalThis.ReadableStream<Uint8Array>;
  try {
    plain = await decrypter.decrypt(sealed);
  } catch (error) {
    throw usageError(`${from} cannot be decrypted: ${messageOf(error)}.`, {
      cause: error,
      hint: "give the identity of one of its recipients",
    });
  }
  try {
    await write(plain, to);
  } catch (error) {
    throw new KubedrillError("inconclusive", `${from} is damaged: ${messageOf(error)}.`, { cause: error });
  }
}

/** Secret keys in a file as age-keygen writes it. @throws KubedrillError (usage) when others can read it, or it has none */
export async function identitiesIn(path: string): Promise<string[]> {
  const text = await readPrivateFile(path, "identity");
  const found = text.split("\n").filter((each) => each.startsWith("AGE-SECRET-KEY-"));
  if (found.length === 0) throw usageError(`${path} has no AGE-SECRET-KEY.`);
  return found.map((each) => each.trim());
}

async function write(bytes: globalThis.ReadableStream<Uint8Array>, to: string): Promise<void> {
  await pipeline(Readable.fromWeb(bytes), createWriteStream(to, { mode: 0o600 }));
}
