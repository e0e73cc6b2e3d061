// What a stage of load came to, as the columns of the report's tables. Pure.
import type { AbFigures } from "./ab.ts";
import type { Felt } from "./by-replicas.ts";
import type { Stage, StageFigures } from "./stages.ts";
import type { Usage } from "./usage-look.ts";

type Columns = Record<string, number | string | null>;

/** Fact "stage.<name>". */
export function stageColumns(
  { connections }: Stage,
  figures: StageFigures,
  pods: { ready: number; pending: number },
  usage: Usage,
  ab: AbFigures | null,
): Columns {
  return {
    clients: connections,
    sent: figures.sent,
    "answers/s": perSecond(figures),
    failed: figures.failed,
    "p50 ms": rounded(figures.p50Ms),
    "p99 ms": rounded(figures.p99Ms),
    "max ms": rounded(figures.maxMs),
    "pods ready": pods.ready,
    "pods pending": pods.pending,
    "throttled %": usage.throttledShare === null ? null : rounded(100 * usage.throttledShare),
    "OOM kills": usage.oomKills,
    ...(ab === null
      ? {}
      : { "ab answers/s": rounded(ab.perSecond), "ab p50 ms": ab.p50Ms, "ab p99 ms": ab.p99Ms }),
  };
}

/** Fact "felt.<name>.<pods Ready>". */
export function feltColumns({ connections }: Stage, felt: Felt): Columns {
  return {
    clients: connections,
    "pods ready": felt.ready,
    seconds: rounded(felt.seconds),
    "answers/s": perSecond(felt),
    failed: felt.failed,
    "p50 ms": rounded(felt.p50Ms),
    "p99 ms": rounded(felt.p99Ms),
    "max ms": rounded(felt.maxMs),
  };
}

function perSecond({ answered, seconds }: { answered: number; seconds: number }): number {
  return rounded(answered / Math.max(0.001, seconds));
}

function rounded<T extends number | null>(value: T): T | number {
  return value === null ? value : Number(value.toPrecision(4));
}
