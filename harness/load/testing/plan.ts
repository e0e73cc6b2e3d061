// A plan for tests: one closed loop without TLS, bounded; a test changes what it is about.
import type { LoadPlan } from "../engine/plan.ts";

export function testPlan(port: number, changes: Partial<LoadPlan> = {}): LoadPlan {
  return {
    engine: "sockets",
    url: `http://127.0.0.1:${String(port)}/`,
    address: "127.0.0.1",
    method: "GET",
    headers: [],
    body: null,
    keepAlive: true,
    connections: 4,
    arrival: { kind: "closed" },
    maxRequests: null,
    durationMs: 60_000,
    timeoutMs: 20_000,
    tls: { verify: true },
    workers: 1,
    eachRequest: false,
    ...changes,
  };
}
