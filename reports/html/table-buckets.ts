// The table beside a dense chart.

/** Tables are read, not looked at: at most some 60 rows. */
export function tableBuckets(count: number): { first: number; end: number }[] {
  const size = Math.max(1, Math.ceil(count / 60));
  return Array.from({ length: Math.ceil(count / size) }, (_, index) => ({
    first: index * size,
    end: (index + 1) * size,
  }));
}
