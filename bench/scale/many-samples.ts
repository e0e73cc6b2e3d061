// A recording with a million answers more: as many probes as a large lab has, over the drill's own time.
import type { TimelineStore } from "../../harness/timeline/store.ts";

const probes = 40;

/** Adds samples to the store, evenly over the drill; a tenth of the probes fail for a while. */
export function addSamples(store: TimelineStore, drill: string, count: number): void {
  const { from, to } = store.span(drill);
  const perProbe = Math.ceil(count / probes);
  const everyMs = (to - from) / perProbe;
  for (let probe = 0; probe < probes; probe += 1) {
    const id = `http.scale.${String(probe)}`;
    store.append({
      type: "probe",
      t: from,
      probe: id,
      title: `HTTP through entrance ${String(probe)}`,
      group: "http",
      tickMs: Math.max(1, Math.round(everyMs)),
      timeoutMs: 2000,
      labels: { by: "ingress", machine: `entrance-${String(probe)}` },
    });
  }
  for (let index = 0; index < perProbe; index += 1) {
    const start = from + index * everyMs;
    for (let probe = 0; probe < probes; probe += 1) {
      const ok = probe % 10 !== 0 || index % 1000 > 100;
      const tookMs = 2 + ((index * 7 + probe * 13) % 40) / 10;
      store.append({
        type: "sample",
        t: start + tookMs,
        probe: `http.scale.${String(probe)}`,
        start,
        ok,
        ...(ok ? {} : { error: "refused" }),
      });
    }
  }
}
