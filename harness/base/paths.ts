// Where kubedrill keeps things on the harness host. Runs live in the current folder (`.kubedrill/runs`).
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Caches that can be made again (binaries, images): `$KUBEDRILL_CACHE`, else the XDG cache folder. */
export function cacheDir(): string {
  return resolve(
    process.env.KUBEDRILL_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "kubedrill"),
  );
}

/** State that must not be lost (labs, ledgers, locks): `$KUBEDRILL_STATE`, else the XDG state folder. */
export function stateDir(): string {
  return resolve(
    process.env.KUBEDRILL_STATE ??
      join(process.env.XDG_STATE_HOME ?? join(homedir(), ".local", "state"), "kubedrill"),
  );
}

/** Keys, kubeconfig and lab file of an embedded lab. */
export function labDir(name: string): string {
  return join(stateDir(), "labs", name);
}

/** Ledger and run lock of a lab, by its name; shared by every checkout on this host. */
export function safetyDir(labName: string): string {
  return join(stateDir(), "safety", labName);
}

/** Run directories, in the folder where the user stands. */
export function runsDir(): string {
  return resolve(".kubedrill", "runs");
}
