// etcd is put back to a snapshot as a person does it, and never left in between, whatever becomes of kubedrill.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { readSnapshot, writeSidecar } from "../../harness/recovery/snapshot/sidecar.ts";
import { controlPlanes } from "./control.ts";
import { kubedrill, proofLab, test } from "./kubedrill.ts";
import {
  endedIn,
  killedAndHealed,
  nothingIsLeft,
  onMachine,
  valuesOnEach,
  whole,
  withSnapshot,
} from "./restore-cases.ts";

const limitMs = 10 * 60_000;
const onLab = ["--name", proofLab];

test(
  "a plan of every command is shown, what is wrong is refused, and then the cluster is as it was at the snapshot",
  { timeout: limitMs },
  async ({ world }) => {
    await withSnapshot(world, async (store) => {
      const [name = ""] = await readdir(store);
      const restore = (more: string[]) =>
        kubedrill(["snapshot", "restore", ...onLab, "--store", store, ...more]);
      const shown = await restore(["--dry-run"]);
      expect(shown.exitCode, shown.all).toBe(0);
      expect(shown.all).toContain("etcdutl snapshot restore");
      expect(shown.all).toContain("To go back to the old data");
      expect(shown.all).toContain("Nothing was touched.");

      const { sidecar } = await readSnapshot(join(store, name));
      await writeSidecar(join(store, name), { ...sidecar, clusterUid: "another" });
      const foreign = await restore([]);
      expect(foreign.exitCode, foreign.all).toBe(2);
      expect(foreign.all).toContain("it is of the cluster another");
      await writeSidecar(join(store, name), sidecar);
      expect(await valuesOnEach(world)).toEqual(["after", "after", "after"]);

      const restored = await restore([]);
      expect(restored.exitCode, restored.all).toBe(0);
      expect(restored.all).toContain("proven: 3 members, one cluster");
      expect(restored.all).toContain("restored; the API serves again");
      expect(await valuesOnEach(world)).toEqual(["before", "before", "before"]);
      // What it says can be deleted is there, and is all that is left.
      const kept = [...restored.all.matchAll(/on (\S+): rm -rf (\S+)/g)];
      expect(kept.map(([, machine]) => machine)).toEqual(controlPlanes(world));
      for (const [, machine = "", path = ""] of kept) {
        expect(await onMachine(world, machine, `ls -A ${path}`)).toBe("committed\nold-member");
        await onMachine(world, machine, `rm -rf ${path}`);
      }
      await nothingIsLeft(world);
    });
  },
);

test.for(["prepare", "stop", "swap", "start", "serve"])(
  "kill -9 in the phase %s of a restore, then heal: on one of the two, never in between",
  { timeout: limitMs },
  (phase, { world }) => killedAndHealed(world, phase),
);

test(
  "Ctrl-C in the middle goes back to the old data, with exit code 130",
  { timeout: limitMs },
  async ({ world }) => {
    await withSnapshot(world, async (store) => {
      const ended = await endedIn(world, "start", store, "SIGINT");
      expect(ended.exitCode, ended.all).toBe(130);
      expect(ended.all).toContain("the old data is served again");
      await nothingIsLeft(world);
      expect(await valuesOnEach(world)).toEqual(["after", "after", "after"]);
      await whole(world);
    });
  },
);
