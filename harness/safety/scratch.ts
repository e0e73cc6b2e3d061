// A folder of kubedrill's own on a machine, and a container or a unit that may be at work in it: taken away together.
import { z } from "zod";
import { inconclusiveError } from "../base/errors.ts";
import type { LedgerEntry } from "./mutation.ts";
import type { Undoable } from "./undo.ts";

const scratchKind = "machine.scratch";

const schema = z.strictObject({
  machine: z.string().min(1),
  path: z.string().regex(/^\/var\/lib\/kubedrill\/[a-z0-9][a-z0-9.-]*$/),
  /** Of containerd's namespace k8s.io; or a unit of that name. */
  container: z
    .string()
    .regex(/^kubedrill-[a-z0-9-]+$/)
    .nullable(),
});
type Scratch = z.output<typeof schema>;

/** The ledger entry of a folder that is about to be made. */
export function scratchEntry(id: string, scratch: Scratch): LedgerEntry {
  const { machine, path, container } = schema.parse(scratch);
  return {
    id,
    kind: scratchKind,
    args: { machine, path, container },
    runId: "",
    drill: "",
    openedAt: new Date().toISOString(),
    byHand: [
      ...(container === null
        ? []
        : [`on ${machine}: ctr -n k8s.io task kill -s KILL ${container}; systemctl stop ${container}`]),
      `on ${machine}: rm -rf ${path}`,
    ],
  };
}

export function scratchFolder(): Undoable {
  return {
    kind: scratchKind,
    needsApi: false,
    limitMs: 90_000,
    machines: (args) => [schema.parse(args).machine],
    async undo(world, args, signal) {
      const { machine, path, container } = schema.parse(args);
      const stop =
        container === null
          ? ""
          : `systemctl stop ${container} 2>/dev/null; ctr -n k8s.io task kill -s KILL ${container} 2>/dev/null; for i in $(seq 50); do ctr -n k8s.io task rm ${container} 2>/dev/null; ctr -n k8s.io container rm ${container} 2>/dev/null; ctr -n k8s.io container info ${container} >/dev/null 2>&1 || break; sleep 0.1; done; ctr -n k8s.io snapshot rm ${container} 2>/dev/null; `;
      await world.machine(machine).shell.run(`${stop}rm -rf -- ${path}`, { timeoutMs: 60_000, signal });
    },
    async verify(world, args, signal) {
      const { machine, path, container } = schema.parse(args);
      const there =
        container === null
          ? ""
          : `; ctr -n k8s.io container info ${container} >/dev/null 2>&1 && echo ${container}; systemctl is-active --quiet ${container} && echo ${container}`;
      const { stdout } = await world
        .machine(machine)
        .shell.run(`[ -e ${path} ] && echo ${path}${there}; true`, { timeoutMs: 20_000, signal });
      if (stdout.trim() !== "")
        throw inconclusiveError(`On ${machine} there is still ${stdout.trim().split("\n").join(", ")}.`);
    },
  };
}
