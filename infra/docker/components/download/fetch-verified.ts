// Downloads a file of known SHA-256: resumes what an earlier try has left, and keeps nothing whose sum is wrong.
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import pRetry from "p-retry";
import { exists } from "../cache-directory.ts";
import { sha256OfFile } from "../../../../harness/base/sha256.ts";
import { get, RefusedError, type HttpLimits } from "./http.ts";

export interface VerifiedFile {
  url: string;
  /** Expected sum, lower-case hexadecimal. */
  sha256: string;
}

export interface FetchOptions {
  /** Files lie there under their sum, so that a run that was cut off goes on where it stopped. */
  directory: string;
  limits: HttpLimits;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

/**
 * Returns the path of the whole, verified file.
 * @throws ChecksumError when the content is not the expected one (nothing is kept); RefusedError when the server does
 * not give it; Error after three broken connections (what came is kept for the next run).
 */
export async function fetchVerified(file: VerifiedFile, options: FetchOptions): Promise<string> {
  const path = join(options.directory, file.sha256);
  if (await exists(path)) return path;
  await mkdir(options.directory, { recursive: true });
  const part = `${path}.part`;
  const resumed = await exists(part);
  await transferWithRetries(file.url, part, options);
  if ((await sha256OfFile(part)) !== file.sha256) {
    await rm(part);
    if (!resumed) throw new ChecksumError(file);
    // What was left from before may be of another file: one try from the beginning tells.
    await transferWithRetries(file.url, part, options);
    if ((await sha256OfFile(part)) !== file.sha256) {
      await rm(part);
      throw new ChecksumError(file);
    }
  }
  await rename(part, path);
  return path;
}

/** The content of a download is not what its publisher says it is. */
export class ChecksumError extends Error {
  override readonly name = "ChecksumError";

  constructor(file: VerifiedFile) {
    super(`${file.url} does not have the published SHA-256 ${file.sha256}; nothing of it was kept.`);
  }
}

function transferWithRetries(url: string, part: string, options: FetchOptions): Promise<void> {
  return pRetry(() => transfer(url, part, options), {
    retries: 2,
    minTimeout: 200,
    shouldRetry: ({ error }) => !(error instanceof RefusedError),
    ...(options.signal && { signal: options.signal }),
  });
}

async function transfer(url: string, part: string, options: FetchOptions): Promise<void> {
  const have = (await exists(part)) ? (await stat(part)).size : 0;
  const response = await get(url, options.limits, {
    headers: { ...options.headers, ...(have > 0 && { range: `bytes=${String(have)}-` }) },
    signal: options.signal,
  }).catch((error: unknown) => {
    if (have > 0 && error instanceof RefusedError && / 416\b/.test(error.message)) return undefined;
    throw error;
  });
  // 416: nothing is missing. Whether it is the right content, the sum tells.
  if (response === undefined) return;
  if (response.body === null) throw new RefusedError(`${url} answered without content`);
  const flags = response.status === 206 ? "a" : "w";
  const body = Readable.fromWeb(response.body);
  try {
    await pipeline(
      body,
      createWriteStream(part, { flags }),
      ...(options.signal ? [{ signal: options.signal }] : []),
    );
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new Error(`${url}: the connection broke off`, { cause: error });
  }
}
