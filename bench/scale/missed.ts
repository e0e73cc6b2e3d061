// Whether a recording has everything that somebody else saw of the pods, in the same order.
import type { TimelineStore } from "../../harness/timeline/store.ts";

export interface Missed {
  /** What the other one saw: words that a pod had, and its end. */
  seen: number;
  recorded: number;
  /** Left again within the moment for which changes are gathered, so that only the next word was written down. */
  passedBy: number;
  /** Pods whose last word is another one. */
  wrongAtTheEnd: string[];
  /** Pods with words that the other one never saw. */
  invented: string[];
}

/** @param words per pod, in order; null: it went. Pure. */
export function missedBy(
  store: TimelineStore,
  probe: string,
  words: Readonly<Record<string, readonly (string | null)[]>>,
): Missed {
  const states = store.states.get(probe) ?? new Map<string, { value: unknown }[]>();
  const missed: Missed = { seen: 0, recorded: 0, passedBy: 0, wrongAtTheEnd: [], invented: [] };
  for (const [pod, theirs] of Object.entries(words)) {
    const ours = (states.get(`pod:${pod}`) ?? []).map(({ value }) => value);
    missed.seen += theirs.length;
    missed.recorded += ours.length;
    missed.passedBy += theirs.length - ours.length;
    if (ours.at(-1) !== theirs.at(-1)) missed.wrongAtTheEnd.push(pod);
    if (!isPartOf(ours, theirs)) missed.invented.push(pod);
  }
  return missed;
}

/** Whether all of `part` come in `whole` in the same order. */
function isPartOf(part: readonly unknown[], whole: readonly unknown[]): boolean {
  let at = 0;
  for (const each of whole) if (at < part.length && part[at] === each) at += 1;
  return at === part.length;
}
