// What this process costs: memory at its highest, processor time on average and in its busiest ten seconds.
export interface Cost {
  /** Millions of bytes. */
  rssMB: number;
  cores: number;
  busiestCores: number;
  seconds: number;
}

const everyMs = 500;
const windowMs = 10_000;

/** Measures from now on; returns the way to stop it. */
export function meter(): () => Cost {
  const looks: { atMs: number; cpuMs: number }[] = [];
  let rss = 0;
  const look = () => {
    const { user, system } = process.cpuUsage();
    looks.push({ atMs: performance.now(), cpuMs: (user + system) / 1000 });
    rss = Math.max(rss, process.memoryUsage.rss());
  };
  look();
  // Whoever is broken off need not stop it.
  const timer = setInterval(look, everyMs).unref();
  return () => {
    clearInterval(timer);
    look();
    const [first] = looks;
    const last = looks.at(-1);
    if (first === undefined || last === undefined) throw new Error("nothing was measured");
    const cores = (a: (typeof looks)[number], b: (typeof looks)[number]) =>
      (b.cpuMs - a.cpuMs) / Math.max(1, b.atMs - a.atMs);
    const busiest = looks.map((from) => {
      const to = looks.find((each) => each.atMs >= from.atMs + windowMs);
      return to === undefined ? 0 : cores(from, to);
    });
    return {
      rssMB: rss / 1e6,
      cores: cores(first, last),
      busiestCores: Math.max(...busiest),
      seconds: (last.atMs - first.atMs) / 1000,
    };
  };
}
