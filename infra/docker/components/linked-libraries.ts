// Finds the shared libraries that programs of the machine's root file system need, so that they can be carried along
// into an image made from nothing.
import { execa } from "execa";

/**
 * Paths inside `rootfs` (loader included) of all libraries that these programs are linked to; none for static programs.
 * Needs root, because the root file system's own loader is asked (chroot).
 */
export async function linkedLibraries(rootfs: string, programs: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const program of programs) {
    const { stdout, stderr, exitCode } = await execa("chroot", [rootfs, "ldd", program], {
      reject: false,
      timeout: 10_000,
    });
    if (exitCode !== 0 && !stderr.includes("not a dynamic executable")) {
      throw new Error(`Cannot read the libraries of ${program} in ${rootfs}: ${stderr}`);
    }
    for (const library of parseLdd(stdout)) found.add(library);
  }
  return [...found].toSorted();
}

/** The paths in ldd's answer: `name => /path (0x…)` and, for the loader, `/path (0x…)`. */
export function parseLdd(output: string): string[] {
  return output
    .split("\n")
    .map((line) => /(?:=> |^\s*)(\/\S+) \(0x/.exec(line)?.[1])
    .filter((path) => path !== undefined);
}
