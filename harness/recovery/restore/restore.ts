// A restore from its first stage to its last, with the proof in between; whoever calls it has the ledger entry, and undoes
// it afterwards, which takes away what was made, or goes back to the old data.
import { inconclusiveError, messageOf } from "../../base/errors.ts";
import type { World } from "../../lab/world.ts";
import { countsAsRestored } from "../../safety/way-back.ts";
import { carryOut, type StageHooks } from "./carry-out.ts";
import type { Phase, Procedure, ClusterInput } from "./procedure.ts";
import { ownersOf, proveRestored, type Proof } from "./prove.ts";

export interface RestoreHooks extends StageHooks {
  onPhase(phase: Phase): void;
  onPhaseEnd(phase: Phase, error: string | null): void;
  onProof(proof: Proof): void;
}

export interface RestoreEnd {
  /** Why it is not restored as it should be; null: it is. */
  why: string | null;
  /** The restored data is what counts: clients have been given it. */
  counts: boolean;
}

/** Never throws for what the machines do; when it was interrupted, `why` says so. */
export async function restore(
  world: World,
  { input, procedure }: { input: ClusterInput; procedure: Procedure },
  hooks: RestoreHooks,
): Promise<RestoreEnd> {
  let owners: ReadonlyMap<string, string> = new Map();
  // What the members say of themselves is often the reason.
  const explain = async (phase: Phase) =>
    hooks.signal.aborted || !etcdRuns.includes(phase)
      ? []
      : (await proveRestored(world, procedure.restored, owners)).wrong;
  const phases = async (wanted: (phase: Phase) => boolean) => {
    const names = [...new Set(procedure.stages.map((each) => each.phase))].filter(wanted);
    for (const phase of names) await onePhase(world, procedure, phase, hooks, explain);
  };
  try {
    owners = await ownersOf(world, input.places);
    await phases((phase) => phase !== "serve");
    const proof = await proveRestored(world, procedure.restored, owners);
    hooks.onProof(proof);
    if (proof.wrong.length > 0) return { why: proof.wrong.join("; "), counts: false };
    await phases((phase) => phase === "serve");
    return { why: null, counts: true };
  } catch (error) {
    if (hooks.signal.aborted) return { why: "it was interrupted", counts: false };
    const counts = await countsAsRestored(world, procedure.wayBack, hooks.signal).catch(() => false);
    return { why: messageOf(error), counts };
  }
}

/** Phases in which members can be asked. */
const etcdRuns: readonly Phase[] = ["start", "serve"];

async function onePhase(
  world: World,
  { stages }: Procedure,
  phase: Phase,
  hooks: RestoreHooks,
  explain: (phase: Phase) => Promise<string[]>,
): Promise<void> {
  hooks.onPhase(phase);
  try {
    await carryOut(
      world,
      stages.filter((each) => each.phase === phase),
      hooks,
    );
  } catch (error) {
    const why = [messageOf(error), ...(await explain(phase))].join("; ");
    hooks.onPhaseEnd(phase, why);
    throw inconclusiveError(why, { cause: error });
  }
  hooks.onPhaseEnd(phase, null);
}
