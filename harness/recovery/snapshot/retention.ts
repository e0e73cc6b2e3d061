// Which snapshots are kept when there are many: the newest, one a day, one a week.

export interface Retention {
  last: number;
  daily: number;
  weekly: number;
}

const dayMs = 86_400_000;

/**
 * Pure. Those that none of the three rules keeps, the oldest first. Of a day or a week (UTC, Monday to Sunday) the
 * newest is kept; days and weeks without any do not count.
 */
export function superfluous<T extends { takenAt: string }>(all: readonly T[], keep: Retention): T[] {
  const newestFirst = [...all].sort((a, b) => b.takenAt.localeCompare(a.takenAt));
  const kept = new Set<T>(newestFirst.slice(0, keep.last));
  for (const each of newestOf(newestFirst, dayOf).slice(0, keep.daily)) kept.add(each);
  for (const each of newestOf(newestFirst, weekOf).slice(0, keep.weekly)) kept.add(each);
  return newestFirst.filter((each) => !kept.has(each)).reverse();
}

function newestOf<T extends { takenAt: string }>(newestFirst: readonly T[], of: (at: number) => number): T[] {
  const first = new Map<number, T>();
  for (const each of newestFirst) {
    const span = of(Date.parse(each.takenAt));
    if (!first.has(span)) first.set(span, each);
  }
  return [...first.values()];
}

function dayOf(at: number): number {
  return Math.floor(at / dayMs);
}

/** 1 January 1970 was a Thursday. */
function weekOf(at: number): number {
  return Math.floor((dayOf(at) + 3) / 7);
}
