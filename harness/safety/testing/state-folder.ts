// A state folder of its own for each test of a file.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, vi } from "vitest";

/**
 * To be called once, at the top of the file.
 * @param below folders within a new one; they need not be there
 * @returns what gives the new one, in a test
 */
export function ownStateFolder(...below: string[]): () => string {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "kubedrill-state-"));
    vi.stubEnv("KUBEDRILL_STATE", join(folder, ...below));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });
  return () => folder;
}
