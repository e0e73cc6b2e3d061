// Which member of etcd a snapshot is taken from: one that is well, as far as any other, and not the leader if possible.
import { z } from "zod";
import { usageError } from "../../base/errors.ts";
import type { LabFile } from "../../lab/lab-file.ts";
import type { Machine, World } from "../../lab/world.ts";
import { askMember } from "../etcd-tools.ts";

export interface Candidate {
  machine: string;
  /** Why it is not well; null: it is. */
  ill: string | null;
  leader: boolean;
  raftIndex: number;
  version: string;
  dbSizeBytes: number;
}

/** A member so far behind is still catching up. */
const farBehind = 1000;

/**
 * Pure. The one that is named, else a follower before the leader, else the one that is furthest.
 * @throws KubedrillError (usage) when the named one, or every one, is not well
 */
export function pickMember(candidates: readonly Candidate[], named: string | undefined): Candidate {
  const furthest = Math.max(0, ...candidates.map((each) => each.raftIndex));
  const whyNot = (each: Candidate) =>
    each.ill ??
    (furthest - each.raftIndex > farBehind
      ? `it is ${String(furthest - each.raftIndex)} entries behind`
      : null);
  if (named !== undefined) {
    const found = candidates.find((each) => each.machine === named);
    const why = found === undefined ? "it is no machine with a member of etcd" : whyNot(found);
    if (found !== undefined && why === null) return found;
    throw usageError(`No snapshot is taken from ${named}: ${why ?? ""}.`, {
      hint: `members are on ${candidates.map((each) => each.machine).join(", ")}`,
    });
  }
  const well = candidates
    .filter((each) => whyNot(each) === null)
    .sort((a, b) => Number(a.leader) - Number(b.leader) || b.raftIndex - a.raftIndex);
  const [best] = well;
  if (best !== undefined) return best;
  const reasons = candidates.map((each) => `${each.machine}: ${whyNot(each) ?? ""}`).join("; ");
  throw usageError(`No member of etcd is well enough for a snapshot (${reasons}); nothing was touched.`);
}

const status = z.object({
  header: z.object({ member_id: z.string() }),
  version: z.string(),
  leader: z.string().default("0"),
  raftIndex: z.string().default("0"),
  dbSize: z.string().default("0"),
  isLearner: z.boolean().default(false),
  errors: z.array(z.string()).default([]),
});
const alarms = z.object({
  alarms: z.array(z.object({ memberID: z.string(), alarm: z.string() })).default([]),
});
const health = z.object({ health: z.string(), reason: z.string().default("") });

/** A lab's members, each asked on its own machine. */
export function candidatesOf({
  file,
  etcdMachines,
}: Pick<World, "file" | "etcdMachines">): Promise<Candidate[]> {
  return Promise.all(etcdMachines.map((each) => candidateOf(file, each)));
}

/** Over etcd's JSON gateway; whoever does not answer is not well. */
async function candidateOf({ etcd }: Pick<LabFile, "etcd">, machine: Machine): Promise<Candidate> {
  const ask = (path: string, body: string | null) => askMember(etcd, path, body, 6);
  const script = [
    ask("/v3/maintenance/status", "{}"),
    ask("/v3/maintenance/alarm", '{"action":"GET"}'),
    ask("/health", null),
  ].join(" && echo && ");
  const base = { machine: machine.name, leader: false, raftIndex: 0, version: "", dbSizeBytes: 0 };
  try {
    const { stdout } = await machine.shell.run(script, { timeoutMs: 25_000 });
    const [first = "", second = "", third = ""] = stdout.trim().split("\n");
    const own = status.parse(JSON.parse(first));
    const raised = alarms.parse(JSON.parse(second)).alarms.map((each) => each.alarm);
    const { health: well, reason } = health.parse(JSON.parse(third));
    return {
      ...base,
      ill: own.isLearner
        ? "it is a learner"
        : raised.length > 0
          ? `etcd has raised ${raised.join(", ")}`
          : well === "true"
            ? null
            : `it says of itself that it is not healthy ${reason}`.trim(),
      leader: own.leader === own.header.member_id,
      raftIndex: Number(own.raftIndex),
      version: own.version,
      dbSizeBytes: Number(own.dbSize),
    };
  } catch {
    return { ...base, ill: "it does not answer" };
  }
}
