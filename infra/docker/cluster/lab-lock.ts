// One `lab` verb at a time for each lab: a second one waits until the first is through.
import { join } from "node:path";
import { cacheDir } from "../../../harness/base/paths.ts";
import { withBuildLock } from "../components/build-lock.ts";

const waitMs = 900_000;

/** Runs `work` while no other process changes the lab. The lock is gone with the process, however that ends. */
export function withLabLock<T>(
  name: string,
  onProgress: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const onWait = () => {
    onProgress(`waiting for another kubedrill that is busy with lab ${name}`);
  };
  return withBuildLock(join(cacheDir(), "locks", name), { onWait, timeoutMs: waitMs }, work);
}
