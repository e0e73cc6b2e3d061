// What a restore does, written down as it goes: its phases and stages as actions, its instants as marks, and what the
// members themselves say of it as facts.
import { basename } from "node:path";
import type { Phase, PhasedStage, Procedure } from "../recovery/restore/procedure.ts";
import type { Proof } from "../recovery/restore/prove.ts";
import type { RestoreHooks } from "../recovery/restore/restore.ts";
import type { FactEvent, FaultState } from "../timeline/events.ts";
import type { Session } from "./session.ts";

export type SayState = (to: FaultState, note?: string) => void;

const markAfter: Partial<Record<Phase, string>> = { stop: "injected", swap: "swapped", serve: "started" };

const titles: Record<Phase, string> = {
  prepare: "everything is prepared beside the data",
  stop: "etcd and the control planes are stopped",
  swap: "the restored data is in place",
  start: "etcd runs on the restored data",
  serve: "the control planes serve it",
};

/** Each phase is an action, and so is each stage, with its commands. */
export function recordingHooks(
  { recorder, progress, signal }: Session,
  drill: string,
  name: string,
  { stages }: Procedure,
  state: SayState,
): RestoreHooks {
  const begun = { phase: 0, stage: 0 };
  const mark = (what: string) => {
    recorder.record({ type: "mark", drill, name: `${name}.${what}` });
  };
  const action = (of: string, title: string, start: number, error: string | null) => {
    const outcome = error === null ? { ok: true } : { ok: false, error };
    return { type: "action" as const, drill, name: `${name}.${of}`, title, start, ...outcome };
  };
  return {
    signal,
    onPhase: (phase) => {
      begun.phase = recorder.now();
      if (phase === "stop") {
        state("injecting");
        mark("inject");
      }
      if (phase === "serve") state("healing");
    },
    onStart: ({ phase, title }) => {
      begun.stage = recorder.now();
      progress.line(`${phase}: ${title}`);
    },
    onEnd: ({ stage, error }) => {
      const own = stages.filter((each) => each.phase === stage.phase);
      const of = `${stage.phase}.${String(own.indexOf(stage) + 1)}`;
      recorder.record({ ...action(of, stage.title, begun.stage, error), commands: commandsOf(stage) });
    },
    onPhaseEnd: (phase, error) => {
      recorder.record(action(phase, titles[phase], begun.phase, error));
      const after = markAfter[phase];
      if (error !== null) return;
      if (after !== undefined) mark(after);
      if (phase !== "stop") return;
      state("active");
      state("confirmed", "no container of a control plane runs, and nobody uses etcd's data");
    },
    onProof: (proof) => {
      recordProof(recorder, drill, name, proof);
      mark("proven");
      const first = proof.views[0]?.hash ?? "none";
      progress.line(
        `members: ${proof.views.map((each) => each.machine).join(", ")}; hash ${first} at revision ${String(proof.hashedAt)}`,
      );
    },
  };
}

export function recordProof(
  recorder: Session["recorder"],
  drill: string,
  name: string,
  { views }: Proof,
): void {
  const fact = (what: string, value: FactEvent["value"]) => {
    recorder.record({ type: "fact", drill, name: `${name}.${what}`, value });
  };
  fact("clusters", new Set(views.map((each) => each.cluster)).size);
  fact("hashes", new Set(views.map((each) => each.hash)).size);
  fact("alarms", views.flatMap((each) => each.alarms).length);
  const names = (members: readonly string[]) => members.map((each) => each.split("=")[0] ?? "").join(", ");
  fact(
    "member-lists",
    views.map(({ machine, members }) => `${machine} knows ${names(members)}`),
  );
}

function commandsOf({ commands }: PhasedStage): { machine: string; text: string }[] {
  return commands.map((each) => ({
    machine: each.machine,
    text: "send" in each ? `# receives ${basename(each.send)} of the snapshot as ${each.to}` : each.run,
  }));
}
