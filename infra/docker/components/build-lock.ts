// One builder at a time in a cache folder: a second process waits, and then finds everything made. The kernel holds the
// lock (flock), so that it is gone with the process that had it, however that one ended.
import { execa } from "execa";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

export interface BuildLockOptions {
  /** Called once when another process holds the lock. */
  onWait: () => void;
  /** How long another builder is waited for; default one hour. */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
}

const noticeAfterMs = 500;

/**
 * Runs `work` while this process alone holds the lock of `directory` (made when missing).
 * @throws ExecaError when the lock cannot be had in time; the signal's reason when aborted.
 */
export async function withBuildLock<T>(
  directory: string,
  options: BuildLockOptions,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(directory, { recursive: true });
  const waitSeconds = String(Math.ceil((options.timeoutMs ?? 3_600_000) / 1000));
  // `cat` ends when our end of its input closes, which the kernel does for a process that is killed.
  const holder = execa(
    "flock",
    ["--wait", waitSeconds, join(directory, "build.lock"), "sh", "-c", "echo; exec cat"],
    {
      stdin: "pipe",
      buffer: false,
      ...(options.signal && { cancelSignal: options.signal }),
    },
  );
  const notice = setTimeout(options.onWait, noticeAfterMs);
  try {
    const held = new Promise<void>((resolve) =>
      holder.stdout.once("data", () => {
        resolve();
      }),
    );
    await Promise.race([held, holder]);
  } finally {
    clearTimeout(notice);
  }
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await holder.catch(() => undefined);
  }
}
