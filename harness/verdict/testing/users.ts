// Users in simulations: 50 a second, some of whose requests fail.
import type { Users } from "../predict/expect-users.ts";
import type { Looking } from "./simulate.ts";

export const users: Users = { probe: "load.users", rateHz: 50 };

const tickMs = 1000 / users.rateHz;

/** As the load looks. @param rest e.g. how requests fail */
export function asUsers(rest: Looking = {}): Looking {
  return { tickMs, timeoutMs: 5000, ...rest };
}

/** Stretches in which requests fail that come to `dead` of `pods` pods, one pod after the other. */
export function deadAmong(dead: number, pods: number, fromMs: number, toMs: number): [number, number][] {
  const roundMs = pods * tickMs;
  const stretches: [number, number][] = [];
  for (let at = Math.ceil(fromMs / roundMs) * roundMs; at < toMs; at += roundMs)
    stretches.push([at, at + dead * tickMs]);
  return stretches;
}
