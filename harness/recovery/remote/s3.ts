// Files in an S3-compatible store. Large ones go in parts, and an upload that was broken off goes on with the parts that
// are missing.
import type { CompletedPart } from "@aws-sdk/client-s3";
import { createHash } from "node:crypto";
import { open, stat } from "node:fs/promises";
import { KubedrillError, usageError } from "../../base/errors.ts";
import type { S3Target } from "./credentials.ts";
import { md5Of, S3Bucket, type Stored } from "./s3-bucket.ts";

/** S3 takes no parts below 5 MiB but the last, and 10,000 of them: enough for 160 GB. */
const partBytes = 16 * 1024 * 1024;

export class S3Store {
  readonly #bucket: S3Bucket;

  constructor(target: S3Target) {
    this.#bucket = new S3Bucket(target);
  }

  /** Everything below a prefix of the target's, keys without it. @throws KubedrillError (inconclusive, usage) */
  async list(below: string, signal?: AbortSignal): Promise<Stored[]> {
    return this.#bucket.list(below, signal);
  }

  /** False: it was there already, the same. @throws KubedrillError when it does not arrive whole */
  async putFile(key: string, path: string, sha256: string, signal?: AbortSignal): Promise<boolean> {
    const { size } = await stat(path);
    const there = await this.#bucket.head(key, signal);
    if (there?.sizeBytes === size && there.sha256 === sha256) return false;
    const arrived = async () => {
      const now = await this.#bucket.head(key, signal);
      return now?.sizeBytes === size && now.sha256 === sha256;
    };
    if (size <= partBytes) await this.#bucket.put(key, await pieceOf(path, 0, partBytes), sha256, signal);
    else {
      const begun = await this.#bucket.begun(key, signal);
      if (begun !== undefined) await this.#putInParts(key, begun, path, size, signal);
      // What was broken off may have been another file of this name.
      if (begun === undefined || !(await arrived()))
        await this.#putInParts(key, await this.#bucket.begin(key, sha256, signal), path, size, signal);
    }
    if (!(await arrived()))
      throw new KubedrillError(
        "inconclusive",
        `${this.#bucket.name(key)} is not in the store as it was sent.`,
      );
    return true;
  }

  /** Writes an object to a file of mode 0600. @throws KubedrillError when it is not whole */
  async getFile(key: string, path: string, signal?: AbortSignal): Promise<void> {
    const there = await this.#bucket.head(key, signal);
    if (there === null) throw usageError(`${this.#bucket.name(key)} is not there.`);
    const hash = createHash("sha256");
    const file = await open(path, "w", 0o600);
    try {
      for (let offset = 0; offset < there.sizeBytes; offset += partBytes) {
        const piece = await this.#bucket.piece(
          key,
          offset,
          Math.min(partBytes, there.sizeBytes - offset),
          signal,
        );
        hash.update(piece);
        await file.write(piece);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    if (there.sha256 !== null && hash.digest("hex") !== there.sha256)
      throw new KubedrillError(
        "inconclusive",
        `${this.#bucket.name(key)} has another checksum than when it was stored.`,
      );
  }

  async getText(key: string, signal?: AbortSignal): Promise<string> {
    const there = await this.#bucket.head(key, signal);
    if (there === null) throw usageError(`${this.#bucket.name(key)} is not there.`);
    return (await this.#bucket.piece(key, 0, there.sizeBytes, signal)).toString();
  }

  async remove(key: string, signal?: AbortSignal): Promise<void> {
    await this.#bucket.remove(key, signal);
  }

  close(): void {
    this.#bucket.close();
  }

  async #putInParts(
    key: string,
    upload: string,
    path: string,
    size: number,
    signal?: AbortSignal,
  ): Promise<void> {
    const have = await this.#bucket.parts(key, upload, signal);
    const parts: CompletedPart[] = [];
    for (let number = 1; (number - 1) * partBytes < size; number += 1) {
      const body = await pieceOf(path, (number - 1) * partBytes, partBytes);
      const old = have.get(number);
      const known =
        old?.sizeBytes === body.length && old.tag.replaceAll('"', "") === md5Of(body).toString("hex");
      parts.push({
        PartNumber: number,
        ETag: known ? old.tag : await this.#bucket.putPart(key, { upload, number, body }, signal),
      });
    }
    await this.#bucket.complete(key, upload, parts, signal);
  }
}

async function pieceOf(path: string, offset: number, length: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
