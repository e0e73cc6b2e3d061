// The requests to an S3-compatible store, one method each, every one within a limit and with what went wrong in a sentence.
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
import { KubedrillError, messageOf } from "../../base/errors.ts";
import type { S3Target } from "./credentials.ts";

const connectLimitMs = 5000;
const requestLimitMs = 120_000;
const tries = 3;
/** The SHA-256 of the whole, as metadata. */
const hashName = "kubedrill-sha256";

export interface Stored {
  key: string;
  sizeBytes: number;
}

export interface Head {
  sizeBytes: number;
  /** Null: somebody else put it there. */
  sha256: string | null;
}

export interface Part {
  sizeBytes: number;
  tag: string;
}

export class S3Bucket {
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

  /** Null: it is not there. */
  async head(key: string, signal?: AbortSignal): Promise<Head | null> {
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

  /** So many bytes of an object from an offset on. @throws KubedrillError (inconclusive) when it has fewer */
  async piece(key: string, offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
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
      throw new KubedrillError("inconclusive", `${this.name(key)} ended before it was whole.`);
    return Buffer.from(bytes);
  }

  /** The whole of an object in one request. */
  async put(key: string, body: Buffer, sha256: string, signal?: AbortSignal): Promise<void> {
    await this.#ask(signal, (options) =>
      this.#client.send(
        new PutObjectCommand({
          ...this.#at(key),
          Body: body,
          ContentMD5: md5Of(body).toString("base64"),
          Metadata: { [hashName]: sha256 },
        }),
        options,
      ),
    );
  }

  /** An upload of this key that was broken off; the newest, if there are several. */
  async begun(key: string, signal?: AbortSignal): Promise<string | undefined> {
    const { Bucket, Key } = this.#at(key);
    const { Uploads = [] } = await this.#ask(signal, (options) =>
      this.#client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }), options),
    );
    return Uploads.filter((each) => each.Key === Key).at(-1)?.UploadId;
  }

  /** @returns the name of the upload */
  async begin(key: string, sha256: string, signal?: AbortSignal): Promise<string> {
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

  /** What has arrived of an upload, by number. */
  async parts(key: string, upload: string, signal?: AbortSignal): Promise<Map<number, Part>> {
    const found = new Map<number, Part>();
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

  /** @returns the part's tag, by which the upload is completed */
  async putPart(
    key: string,
    { upload, number, body }: { upload: string; number: number; body: Buffer },
    signal?: AbortSignal,
  ): Promise<string> {
    const { ETag = "" } = await this.#ask(signal, (options) =>
      this.#client.send(
        new UploadPartCommand({
          ...this.#at(key),
          UploadId: upload,
          PartNumber: number,
          Body: body,
          ContentMD5: md5Of(body).toString("base64"),
        }),
        options,
      ),
    );
    return ETag;
  }

  async complete(key: string, upload: string, parts: CompletedPart[], signal?: AbortSignal): Promise<void> {
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

  async remove(key: string, signal?: AbortSignal): Promise<void> {
    await this.#ask(signal, (options) => this.#client.send(new DeleteObjectCommand(this.#at(key)), options));
  }

  close(): void {
    this.#client.destroy();
  }

  name(key: string): string {
    return `s3://${this.#target.bucket}/${this.#target.prefix}${key}`;
  }

  #at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#target.bucket, Key: `${this.#target.prefix}${key}` };
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

export function md5Of(bytes: Buffer): Buffer {
  return createHash("md5").update(bytes).digest();
}
