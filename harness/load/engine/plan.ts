// What a load is told to do. Plain data: it is copied into every worker thread.

/**
 * Closed: every connection sends the next request when the last one has ended; the target sets the pace.
 * Constant and poisson: requests are due at instants that the target cannot move, so what it delays is measured.
 */
export type Arrival =
  | { kind: "closed" }
  | {
      kind: "constant" | "poisson";
      rateHz: number;
      /** Turns in the last millisecond before a request is due instead of sleeping; costs processor time. */
      spin: boolean;
      seed: number;
    };

export interface LoadPlan {
  /** What drives a closed loop; see load.ts. Everything but kept connections without TLS needs `sockets`. */
  engine: "sockets" | "autocannon";
  url: string;
  /** Where `url`'s host is, looked up once so that names are not part of the measurement. */
  address: string;
  method: string;
  headers: readonly (readonly [name: string, value: string])[];
  body: string | Uint8Array | null;
  keepAlive: boolean;
  /** Connections in a closed loop; in an open one the most that are open at once. */
  connections: number;
  arrival: Arrival;
  /** Nothing is sent beyond this; null: only the time ends it. */
  maxRequests: number | null;
  /** Nothing is sent after this; what is in flight then is waited for. */
  durationMs: number;
  /** From the (intended) start of a request to the end of its answer. */
  timeoutMs: number;
  tls: { verify: boolean; ca?: string; serverName?: string };
  workers: number;
  /** Report each request, for a timeline; costs too much for a benchmark. */
  eachRequest: boolean;
}

/** What one of several workers does: its own connections, its part of the requests and of the rate. */
export interface Share {
  connections: number;
  maxRequests: number | null;
  /** Of the arrivals of a constant rate a worker takes every `of`-th, beginning with `index`. */
  index: number;
  of: number;
}

/** Parts add up to the whole: nothing is lost by rounding. */
export function sharesOf(plan: LoadPlan): Share[] {
  const of = Math.max(1, Math.min(plan.workers, plan.connections, plan.maxRequests ?? Infinity));
  return Array.from({ length: of }, (_, index) => ({
    connections: part(plan.connections, index, of),
    maxRequests: plan.maxRequests === null ? null : part(plan.maxRequests, index, of),
    index,
    of,
  }));
}

function part(whole: number, index: number, of: number): number {
  return Math.floor(whole / of) + (index < whole % of ? 1 : 0);
}
