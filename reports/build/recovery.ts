// What a restore brought back and what it cost, from the facts and actions that it left: writes, canaries, members, and
// the commands with their times.
import type { TimelineStore } from "../../harness/timeline/store.ts";
import type { RecoveryModel, RunbookStep } from "../model.ts";
import type { Period } from "./period.ts";

/** Null for a drill that restores nothing. */
export function recoveryOf(store: TimelineStore, period: Period): RecoveryModel | null {
  const { drill } = period;
  const runbook = runbookOf(store, period);
  if (runbook.length === 0) return null;
  const number = (name: string): number | null => {
    const value = factOf(store, drill, name);
    return typeof value === "number" ? value : null;
  };
  const rebuilt = number("rebuild.revision");
  const source = sourceOf(factOf(store, drill, "rebuild.source"), rebuilt);
  const said = factOf(store, drill, "watcher.said");
  return {
    source,
    revision: rebuilt ?? number("outage.revision"),
    writes: [
      { what: `acknowledged up to ${source}`, count: number("rpo.up-to") },
      { what: "of them lost", count: number("rpo.lost-up-to") },
      { what: `acknowledged after ${source}`, count: number("rpo.after") },
      { what: "of them there all the same", count: number("rpo.kept-after") },
    ],
    lostSeconds: number("rpo.seconds"),
    watcher: typeof said === "string" ? said : null,
    canaries: canariesOf(store, drill),
    members: membersOf(store, drill),
    drift: driftOf(store, drill),
    runbook,
  };
}

/** A rebuild that does not say of what is of the member that was left. */
function sourceOf(said: unknown, rebuilt: number | null): string {
  if (typeof said === "string") return said;
  return rebuilt === null ? "the snapshot" : "the survivor's data";
}

function canariesOf(store: TimelineStore, drill: string): RecoveryModel["canaries"] {
  const wanted = pairs(textsOf(store, drill, "predicted.canaries"));
  const seen = pairs(textsOf(store, drill, "after.canaries"));
  return [...wanted].map(([object, state]) => ({ object, wanted: state, seen: seen.get(object) ?? null }));
}

/** "ConfigMap canary-kept: before" → what, and how it is. */
function pairs(texts: readonly string[]): Map<string, string> {
  return new Map(
    texts.map((each) => {
      const at = each.lastIndexOf(": ");
      return [each.slice(0, at), each.slice(at + 2)];
    }),
  );
}

function membersOf(store: TimelineStore, drill: string): RecoveryModel["members"] {
  const idsOf = (name: string) =>
    new Map(
      textsOf(store, drill, name).map((each) => {
        const [member = "", id = ""] = each.split("=");
        return [member, id];
      }),
    );
  const before = idsOf("before.etcd-members");
  const after = idsOf("after.etcd-members");
  const lists = ["joined", "rebuild", "outage"].map((of) => textsOf(store, drill, `${of}.member-lists`));
  const knows = new Map(
    (lists.find((each) => each.length > 0) ?? []).map((each) => {
      const [machine = "", others = ""] = each.split(" knows ");
      return [machine, others];
    }),
  );
  return [...new Set([...before.keys(), ...after.keys()])].map((member) => ({
    member,
    before: before.get(member) ?? null,
    after: after.get(member) ?? null,
    knows: knows.get(member) ?? null,
  }));
}

function driftOf(store: TimelineStore, drill: string): RecoveryModel["drift"] {
  return store.all("fact", drill).flatMap(({ name, value }) => {
    if (!name.startsWith("drift.row.") || value === null || typeof value !== "object" || Array.isArray(value))
      return [];
    const text = (key: string) => String(value[key] ?? "");
    return [
      {
        what: text("what"),
        was: text("after the snapshot"),
        is: text("after the restore"),
        undone: value.undone === true,
      },
    ];
  });
}

/** Of the first restore; a second one in a row is the same again. */
function runbookOf(store: TimelineStore, { drill, zero }: Period): RunbookStep[] {
  return store.all("action", drill).flatMap(({ name, commands, title, start, t, ok }) => {
    const phase = /^(?:outage|rebuild)\.([a-z]+)\.\d+$/.exec(name)?.[1];
    if (phase === undefined || commands === undefined) return [];
    const byText = new Map<string, string[]>();
    for (const { machine, text } of commands) byText.set(text, [...(byText.get(text) ?? []), machine]);
    return [
      {
        phase,
        title,
        at: start - zero,
        durationMs: t - start,
        ok,
        commands: [...byText].map(([text, machines]) => ({ text, machines })),
      },
    ];
  });
}

function factOf(store: TimelineStore, drill: string, name: string): unknown {
  return store.all("fact", drill).findLast((each) => each.name === name)?.value;
}

function textsOf(store: TimelineStore, drill: string, name: string): string[] {
  const value = factOf(store, drill, name);
  return Array.isArray(value) ? value.map(String) : [];
}
