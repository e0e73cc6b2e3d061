// Who holds the VIP, and how long it takes to move. Sources: RFC 3768 section 6.1 (VRRP 2), RFC 5798 section 6.1
// (VRRP 3), keepalived.conf(5) for weights and checks.
import type { Settings } from "../../lab/facts.ts";
import type { BudgetInput } from "../expectation.ts";
import type { Link } from "./budget.ts";

export type VrrpInstance = NonNullable<Settings["keepalived"]>["instances"][number];

const priorityMax = 254;

/**
 * The priority with which an instance takes part: a positive weight is added while the check succeeds, a negative one
 * while it fails; without weight a failed check takes the instance out (null).
 */
export function effectivePriority(instance: VrrpInstance, checkSucceeds: boolean): number | null {
  const { check, priority } = instance;
  if (check === null) return priority;
  if (check.weight === 0) return checkSucceeds ? priority : null;
  const counts = check.weight > 0 === checkSucceeds;
  return Math.min(priorityMax, Math.max(1, priority + (counts ? check.weight : 0)));
}

/**
 * The machine that should hold the VIP: the highest effective priority among those that live. A current holder that
 * lives keeps it when every better one has preemption off.
 */
export function predictedHolder(
  instances: readonly VrrpInstance[],
  living: (machine: string) => boolean,
  checkSucceeds: (machine: string) => boolean,
  current: string | null,
): VrrpInstance | null {
  const ranked = instances
    .filter((each) => living(each.machine))
    .map((instance) => ({
      instance,
      priority: effectivePriority(instance, checkSucceeds(instance.machine)),
    }))
    .filter((each) => each.priority !== null)
    .sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0));
  const best = ranked[0]?.instance ?? null;
  const holding = ranked.find((each) => each.instance.machine === current);
  if (best === null || holding === undefined || holding.instance === best) return best;
  const better = ranked.filter((each) => (each.priority ?? 0) > (holding.priority ?? 0));
  return better.find((each) => each.instance.preempt)?.instance ?? holding.instance;
}

/** Time without adverts after which a backup takes over: 3 × advert + skew. */
export function masterDownMs(instance: VrrpInstance, priority: number): number {
  const skew = ((256 - priority) / 256) * (instance.version === 3 ? instance.advertMs : 1000);
  return 3 * instance.advertMs + skew;
}

/** The VIP moves after its holder fell silent. Neighbours learn it at once, by gratuitous ARP at the take-over. */
export function takeOver(successor: VrrpInstance, checkSucceeds: boolean, source: string): Link {
  const priority = effectivePriority(successor, checkSucceeds) ?? successor.priority;
  const where = `${successor.machine}:${source}`;
  const skewOf = successor.version === 3 ? "(256 − priority) / 256 × advert" : "(256 − priority) / 256 s";
  return {
    name: "the VIP moves",
    ms: masterDownMs(successor, priority),
    // The last advert is half an interval old on average.
    likelyMs: masterDownMs(successor, priority) - successor.advertMs / 2,
    how: `3 × advert + skew ${skewOf}`,
    inputs: [seconds("VRRP advert", successor.advertMs, where), bare("VRRP priority", priority, where)],
  };
}

/** A better machine that came back takes the VIP: its check must rise, then it waits as any backup, and preempts. */
export function failback(instance: VrrpInstance, source: string): Link {
  const where = `${instance.machine}:${source}`;
  const riseMs = instance.check === null ? 0 : instance.check.rise * checkRoundMs(instance);
  return {
    name: "the VIP comes back",
    ms: riseMs + instance.preemptDelayMs + masterDownMs(instance, instance.priority),
    likelyMs: riseMs / 2 + instance.preemptDelayMs,
    how: "check rise × (interval + time-out) + preempt delay + 3 × advert + skew",
    inputs: [
      seconds("check rise", riseMs, where),
      seconds("preempt delay", instance.preemptDelayMs, where),
      seconds("VRRP advert", instance.advertMs, where),
    ],
  };
}

function checkRoundMs({ check }: VrrpInstance): number {
  return check === null ? 0 : check.intervalMs + check.timeoutMs;
}

function seconds(name: string, ms: number, source: string): BudgetInput {
  return { name, value: ms / 1000, unit: "s", source };
}

function bare(name: string, value: number, source: string): BudgetInput {
  return { name, value, unit: "none", source };
}
