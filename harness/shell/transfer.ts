// Files between a machine and this host through a shell: in pieces, each tried again by itself, whole only when the
// checksum agrees.
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import pRetry from "p-retry";
import { inconclusiveError } from "../base/errors.ts";
import { quoted } from "./remote-script.ts";
import type { Machine } from "../lab/world.ts";

const pieceBytes = 8 * 1024 * 1024;
const pieceLimitMs = 60_000;
const tries = 3;

export interface RemoteFile {
  path: string;
  sizeBytes: number;
  sha256: string;
}

/** What there is at a path. @throws KubedrillError when it cannot be read */
export async function lookAtFile(
  { shell }: Machine,
  path: string,
  signal?: AbortSignal,
): Promise<RemoteFile> {
  const { stdout } = await shell.run(`stat -c %s ${quoted(path)} && sha256sum ${quoted(path)}`, {
    timeoutMs: 120_000,
    signal,
  });
  const [size = "", sum = ""] = stdout.trim().split("\n");
  return { path, sizeBytes: Number(size), sha256: sum.split(" ")[0] ?? "" };
}

/**
 * Copies a file from a machine to this host, mode 0600, flushed to the disk.
 * @throws KubedrillError (inconclusive) when a piece does not come in three tries, or the whole has another checksum
 */
export async function fetchFile(
  machine: Machine,
  remote: RemoteFile,
  to: string,
  signal?: AbortSignal,
): Promise<void> {
  const hash = createHash("sha256");
  const file = await open(to, "w", 0o600);
  try {
    for (let offset = 0; offset < remote.sizeBytes; offset += pieceBytes) {
      const piece = await pRetry(() => pieceOf(machine, remote, offset, signal), {
        retries: tries - 1,
        minTimeout: 500,
        ...(signal === undefined ? {} : { signal }),
      });
      hash.update(piece);
      await file.write(piece);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  if (hash.digest("hex") !== remote.sha256)
    throw inconclusiveError(
      `${remote.path} of ${machine.name} arrived with another checksum than it has there: it was changed on the way or meanwhile.`,
    );
}

async function pieceOf(
  { shell, name }: Machine,
  { path, sizeBytes }: RemoteFile,
  offset: number,
  signal?: AbortSignal,
): Promise<Buffer> {
  const wanted = Math.min(pieceBytes, sizeBytes - offset);
  const script = `tail -c +${String(offset + 1)} ${quoted(path)} | head -c ${String(wanted)} | base64 -w 0`;
  const { stdout } = await shell.run(script, { timeoutMs: pieceLimitMs, signal });
  const piece = Buffer.from(stdout, "base64");
  if (piece.length !== wanted)
    throw new Error(`${path} of ${name} gave ${String(piece.length)} of ${String(wanted)} bytes`);
  return piece;
}

/**
 * Copies a file of this host to a machine, mode 0600.
 * @throws KubedrillError when a piece cannot be written, or the whole has another checksum there
 */
export async function sendFile(
  machine: Machine,
  from: string,
  to: string,
  signal?: AbortSignal,
): Promise<RemoteFile> {
  const hash = createHash("sha256");
  const file = await open(from, "r");
  try {
    await machine.shell.run(`umask 077; : > ${quoted(to)}`, { timeoutMs: pieceLimitMs, signal });
    const buffer = Buffer.alloc(pieceBytes);
    for (let offset = 0; ;) {
      const { bytesRead } = await file.read(buffer, 0, pieceBytes, offset);
      if (bytesRead === 0) break;
      const piece = buffer.subarray(0, bytesRead);
      hash.update(piece);
      // Cut to where it belongs first, so that a piece which is sent twice is there once.
      const script = `truncate -s ${String(offset)} ${quoted(to)} && base64 -d >> ${quoted(to)}`;
      await pRetry(
        () => machine.shell.run(script, { timeoutMs: pieceLimitMs, stdin: piece.toString("base64"), signal }),
        { retries: tries - 1, minTimeout: 500, ...(signal === undefined ? {} : { signal }) },
      );
      offset += bytesRead;
    }
  } finally {
    await file.close();
  }
  const there = await lookAtFile(machine, to, signal);
  if (there.sha256 !== hash.digest("hex"))
    throw inconclusiveError(`${from} arrived on ${machine.name} with another checksum.`);
  return there;
}
