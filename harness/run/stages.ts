// A load in stages on what an HPA scales, through the ingress, as `ab -n … -c …` would send it; and what each
// stage came to. Second by second it stands in the timeline as gauges of the probe "ladder": "rate" (answers/s), "p50"
// and "p99" (ms), "failed" (requests), "clients"; "p99:<stage>" and "failed:<stage>" once at the end of a stage.
import { addressOf } from "../load/address.ts";
import { decode, type Histogram } from "../load/engine/histogram.ts";
import type { Second } from "../load/engine/tally.ts";
import { startLoad, type LoadResult } from "../load/load.ts";
import type { LadderStep } from "../verdict/predict/index.ts";
import { askAb, type AbFigures } from "./ab.ts";
import type { Scaled } from "../workloads/scaled.ts";
import type { Session } from "./session.ts";

/** Probe id of the stages' figures, for expectations on them. */
const ladderId = "ladder";

type Way = Scaled["way"];

export type Stage = LadderStep & { durationMs: number };

export interface StageFigures {
  sent: number;
  answered: number;
  failed: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

const timeoutMs = 5000;
/** ab's burst: so many requests a client. Few, because they are load as well. */
const abRounds = 2;
const abRoundsInFull = 20;

/**
 * @param eachSecond told of every second that has ended, with its latencies
 * @throws KubedrillError (inconclusive) when the load itself breaks
 */
export async function runStage(
  session: Session,
  way: Way,
  stage: Stage,
  eachSecond: (second: Second, latency: Histogram) => void = () => undefined,
): Promise<StageFigures> {
  const { recorder, signal, progress } = session;
  declareLadder(session);
  const { url, through } = wayIn(session, way);
  const pace = stage.rateHz === null ? "as fast as answered" : `${String(stage.rateHz)}/s in all`;
  progress.line(`${stage.name}: ${String(stage.connections)} clients through ${through}, ${pace}`);
  const gauge = (subject: string, value: number, unit: string) => {
    recorder.record({
      type: "gauge",
      probe: ladderId,
      subject,
      value: Math.round(value * 1000) / 1000,
      unit,
    });
  };
  const load = startLoad(
    {
      engine: "sockets",
      url,
      address: await addressOf(new URL(url).hostname),
      method: "GET",
      headers: [["Host", way.host]],
      body: null,
      keepAlive: true,
      connections: stage.connections,
      arrival:
        stage.rateHz === null
          ? { kind: "closed" }
          : { kind: "constant", rateHz: stage.rateHz, spin: false, seed: 0 },
      maxRequests: stage.maxRequests,
      durationMs: stage.durationMs,
      timeoutMs,
      tls: { verify: true },
      workers: 1,
      eachRequest: false,
    },
    {
      onSecond(second: Second) {
        const latency = decode(second.latency);
        eachSecond(second, latency);
        gauge("clients", stage.connections, "clients");
        gauge("rate", second.answered, "answers/s");
        gauge("failed", second.failed, "requests");
        if (latency.totalCount === 0) return;
        gauge("p50", latency.getValueAtPercentile(50) / 1000, "ms");
        gauge("p99", latency.getValueAtPercentile(99) / 1000, "ms");
      },
    },
  );
  const abort = () => void load.stop().catch(() => undefined);
  signal.addEventListener("abort", abort, { once: true });
  try {
    const figures = figuresOf(await load.result);
    signal.throwIfAborted();
    gauge(`p99:${stage.name}`, figures.p99Ms, "ms");
    gauge(`failed:${stage.name}`, figures.failed, "requests");
    const { answered, failed, seconds, p99Ms } = figures;
    progress.line(
      `${stage.name}: ${String(answered)} answered (${(answered / seconds).toFixed(0)}/s), ${String(failed)} failed, 99 % within ${p99Ms.toFixed(1)} ms`,
    );
    return figures;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** What ab says of the same way with as many clients, in a short burst; null where it cannot be had. */
export function abOnStage(session: Session, way: Way, { connections }: Stage): Promise<AbFigures | null> {
  const requests = connections * (session.plan.full ? abRoundsInFull : abRounds);
  return askAb({ url: wayIn(session, way).url, hostHeader: way.host, connections, requests }, session.signal);
}

/** URL of the application through the first entrance of the ingress. */
function wayIn({ topology, world }: Session, { path }: Way): { url: string; through: string } {
  const entrance = topology.ingress?.machines[0] ?? "";
  const { address } = world.machine(entrance);
  const port = topology.ingress?.httpPort ?? 80;
  return { url: `http://${address}:${String(port)}${path}`, through: `the ingress on ${entrance}` };
}

function declareLadder({ recorder }: Session): void {
  if (recorder.store.probes.has(ladderId)) return;
  recorder.record({
    type: "probe",
    probe: ladderId,
    title: "Load in stages",
    group: "load",
    tickMs: 1000,
    timeoutMs,
    labels: {},
  });
}

function figuresOf({ sent, answered, failed, elapsedMs, histograms }: LoadResult): StageFigures {
  const ms = (percentile: number) => histograms.total.getValueAtPercentile(percentile) / 1000;
  return {
    sent,
    answered,
    failed,
    seconds: elapsedMs / 1000,
    p50Ms: ms(50),
    p99Ms: ms(99),
    maxMs: histograms.total.maxValue / 1000,
  };
}
