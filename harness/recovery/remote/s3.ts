// Files in an S3-compatible store. Large ones go in parts, and an upload that was broken off goes on with the parts that
// are missing. Every request has a limit.
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  NotFound,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
  type CompletedPart,
} from "@aws-sdk/client-s3";
import { createHash } from "node:crypto";
import { open, stat } from "node:fs/promises";
import { KubedrillError, messageOf, usageError } from "../../base/errors.ts";
import type { S3Target } from "./credentials.ts";

/** S3 takes no parts below 5 MiB but the last, and 10,000 of them: enough for 160 GB. */
const partBytes = 16 * 1024 * 1024;
const connectLimitMs = 5000;
const requestLimitMs = 120_000;
const tries = 3;
/** The SHA-256 of the whole, as metadata. */
const hashName = "kubedrill-sha256";

export interface Stored {
  key: string;
  sizeBytes: number;
}

export class S3Store {
  readonly #client: S3Client;
  readonly #target: S3Target;

  constructor(target: S3Target) {
    this.#target = target;
    const { endpoint, region, credentials } = target;
    this.#client = new S3Client({
      region,
      credentials,
      ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
      maxAttempts: tries,
      requestHandler: { connectionTimeout: connectLimitMs, requestTimeout: requestLimitMs },
      // Stores that are merely compatible know nothing of Amazon's newer checksums; ours are in the metadata.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
    });
  }

  /** Everything below a prefix of the target's, keys without it. @throws KubedrillError (inconclusive, usage) */
  async list(below: string, signal?: AbortSignal): Promise<Stored[]> {
    const { bucket, prefix } = this.#target;
    const found: Stored[] = [];
    for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
      const page = await this.#ask(signal, (options) =>
        this.#client.send(
          new ListObjectsV2Command({
            Bucket: bucket,
            Prefix: `${prefix}${below}`,
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
          options,
        ),
      );
      for (const { Key = "", Size = 0 } of page.Contents ?? [])
        found.push({ key: Key.slice(prefix.length), sizeBytes: Size });
      token = page.NextContinuationToken;
    }
    return found;
  }

  /** False: it was there already, the same. @throws KubedrillError when it does not arrive whole */
  async putFile(key: string, path: string, sha256: string, signal?: AbortSignal): Promise<boolean> {
    const { size } = await stat(path);
    const there = await this.#head(key, signal);
    if (there?.sizeBytes === size && there.sha256 === sha256) return false;
    const arrived = async () => {
      const now = await this.#head(key, signal);
      return now?.sizeBytes === size && now.sha256 === sha256;
    };
    if (size <= partBytes) await this.#putWhole(key, path, sha256, signal);
    else {
      const begun = await this.#begun(key, signal);
      if (begun !== undefined) await this.#putInParts(key, begun, path, size, signal);
      // What was broken off may have been another file of this name.
      if (begun === undefined || !(await arrived()))
        await this.#putInParts(key, await this.#begin(key, sha256, signal), path, size, signal);
    }
    if (!(await arrived()))
      throw new KubedrillError("inconclusive", `${this.#name(key)} is not in the store as it was sent.`);
    return true;
  }

  /** Writes an object to a file of mode 0600. @throws KubedrillError when it is not whole */
  async getFile(key: string, path: string, signal?: AbortSignal): Promise<void> {
    const there = await this.#head(key, signal);
    if (there === null) throw usageError(`${this.#name(key)} is not there.`);
    const hash = createHash("sha256");
    const file = await open(path, "w", 0o600);
    try {
      for (let offset = 0; offset < there.sizeBytes; offset += partBytes) {
        const piece = await this.#piece(key, offset, Math.min(partBytes, there.sizeBytes - offset), signal);
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
        `${this.#name(key)} has another checksum than when it was stored.`,
      );
  }

  async getText(key: string, signal?: AbortSignal): Promise<string> {
    const there = await this.#head(key, signal);
    if (there === null) throw usageError(`${this.#name(key)} is not there.`);
    return (await this.#piece(key, 0, there.sizeBytes, signal)).toString();
  }

  async remove(key: string, signal?: AbortSignal): Promise<void> {
    await this.#ask(signal, (options) => this.#client.send(new DeleteObjectCommand(this.#at(key)), options));
  }

  close(): void {
    this.#client.destroy();
  }

  async #putWhole(key: string, path: string, sha256: string, signal?: AbortSignal): Promise<void> {
    const body = await pieceOf(path, 0, partBytes);
    await this.#ask(signal, (options) =>
      this.#client.send(
        new PutObjectCommand({
          ...this.#at(key),
          Body: body,
          ContentMD5: createHash("md5").update(body).digest("base64"),
          Metadata: { [hashName]: sha256 },
        }),
        options,
      ),
    );
  }

  async #putInParts(
    key: string,
    upload: string,
    path: string,
    size: number,
    signal?: AbortSignal,
  ): Promise<void> {
    const have = await this.#parts(key, upload, signal);
    const parts: CompletedPart[] = [];
    for (let number = 1; (number - 1) * partBytes < size; number += 1) {
      const body = await pieceOf(path, (number - 1) * partBytes, partBytes);
      const md5 = createHash("md5").update(body).digest();
      const old = have.get(number);
      const known = old?.sizeBytes === body.length && old.tag.replaceAll('"', "") === md5.toString("hex");
      parts.push({
        PartNumber: number,
        ETag: known ? old.tag : await this.#putPart(key, upload, number, body, md5, signal),
      });
    }
    await this.#ask(signal, (options) =>
      this.#client.send(
        new CompleteMultipartUploadCommand({
          ...this.#at(key),
          UploadId: upload,
          MultipartUpload: { Parts: parts },
        }),
        options,
      ),
    );
  }

  async #putPart(
    key: string,
    upload: string,
    number: number,
    body: Buffer,
    md5: Buffer,
    signal?: AbortSignal,
  ): Promise<string> {
    const { ETag = "" } = await this.#ask(signal, (options) =>
      this.#client.send(
        new UploadPartCommand({
          ...this.#at(key),
          UploadId: upload,
          PartNumber: number,
          Body: body,
          ContentMD5: md5.toString("base64"),
        }),
        options,
      ),
    );
    return ETag;
  }

  /** An upload of this key that was broken off; the newest, if there are several. */
  async #begun(key: string, signal?: AbortSignal): Promise<string | undefined> {
    const { Bucket, Key } = this.#at(key);
    const { Uploads = [] } = await this.#ask(signal, (options) =>
      this.#client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }), options),
    );
    return Uploads.filter((each) => each.Key === Key).at(-1)?.UploadId;
  }

  async #begin(key: string, sha256: string, signal?: AbortSignal): Promise<string> {
    const { UploadId } = await this.#ask(signal, (options) =>
      this.#client.send(
        new CreateMultipartUploadCommand({ ...this.#at(key), Metadata: { [hashName]: sha256 } }),
        options,
      ),
    );
    if (UploadId === undefined)
      throw new KubedrillError("inconclusive", "The store began an upload without giving it a name.");
    return UploadId;
  }

  async #parts(
    key: string,
    upload: string,
    signal?: AbortSignal,
  ): Promise<Map<number, { sizeBytes: number; tag: string }>> {
    const found = new Map<number, { sizeBytes: number; tag: string }>();
    for (let after: string | undefined, first = true; first || after !== undefined; first = false) {
      const page = await this.#ask(signal, (options) =>
        this.#client.send(
          new ListPartsCommand({
            ...this.#at(key),
            UploadId: upload,
            ...(after === undefined ? {} : { PartNumberMarker: after }),
          }),
          options,
        ),
      );
      for (const { PartNumber = 0, Size = 0, ETag = "" } of page.Parts ?? [])
        found.set(PartNumber, { sizeBytes: Size, tag: ETag });
      after = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
    }
    return found;
  }

  async #head(
    key: string,
    signal?: AbortSignal,
  ): Promise<{ sizeBytes: number; sha256: string | null } | null> {
    try {
      const { ContentLength = 0, Metadata = {} } = await this.#ask(signal, (options) =>
        this.#client.send(new HeadObjectCommand(this.#at(key)), options),
      );
      return { sizeBytes: ContentLength, sha256: Metadata[hashName] ?? null };
    } catch (error) {
      if (error instanceof KubedrillError && error.cause instanceof NotFound) return null;
      throw error;
    }
  }

  async #piece(key: string, offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    if (length === 0) return Buffer.alloc(0);
    const range = `bytes=${String(offset)}-${String(offset + length - 1)}`;
    const bytes = await this.#ask(signal, async (options) => {
      const { Body } = await this.#client.send(
        new GetObjectCommand({ ...this.#at(key), Range: range }),
        options,
      );
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    });
    if (bytes.length !== length)
      throw new KubedrillError("inconclusive", `${this.#name(key)} ended before it was whole.`);
    return Buffer.from(bytes);
  }

  #at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#target.bucket, Key: `${this.#target.prefix}${key}` };
  }

  #name(key: string): string {
    return `s3://${this.#target.bucket}/${this.#target.prefix}${key}`;
  }

  /** One request, within its limit, with what went wrong in a sentence. */
  async #ask<T>(
    signal: AbortSignal | undefined,
    request: (options: { abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    const limit = AbortSignal.timeout(tries * requestLimitMs);
    try {
      return await request({ abortSignal: signal === undefined ? limit : AbortSignal.any([limit, signal]) });
    } catch (error) {
      signal?.throwIfAborted();
      const where = `${this.#target.endpoint ?? "the store"}, bucket ${this.#target.bucket}`;
      const why = error instanceof S3ServiceException ? `${error.name}: ${error.message}` : messageOf(error);
      const refused =
        error instanceof S3ServiceException &&
        ["SignatureDoesNotMatch", "InvalidAccessKeyId", "AccessDenied", "NoSuchBucket"].includes(error.name);
      throw new KubedrillError(refused ? "usage" : "inconclusive", `${where}: ${why}.`, {
        cause: error,
        ...(refused ? { hint: "check key pair, bucket and region" } : {}),
      });
    }
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
