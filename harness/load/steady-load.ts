// A steady load on one URL while something else happens: an open loop at a constant rate, as independent users are, each
// request on the timeline as a sample from when it was due to when its answer was complete.
import type { Recorder } from "../timeline/recorder.ts";
import { addressOf } from "./address.ts";
import { nowUs } from "./engine/clock.ts";
import type { Exchange } from "./engine/tally.ts";
import { startLoad } from "./load.ts";

export interface SteadyLoadOptions {
  /** Probe id under which its requests stand in the timeline, e.g. "load.ingress". */
  id: string;
  title: string;
  url: string;
  host: string;
  /** The most that are open at once; no more are opened than are needed. */
  connections: number;
  /** All connections together. */
  rateHz: number;
  timeoutMs: number;
}

export interface SteadyLoad {
  /** Ends the load and waits for what is in flight; every request sent is then recorded as answered or failed. */
  stop(): Promise<{ sent: number; answered: number; failed: number }>;
}

/** Guards against a stop that never comes. */
const longestMs = 900_000;

/** Requests come far more often, but a stretch is not called unseen because a busy host was late by a few of them. */
const tickMs = 100;

export async function startSteadyLoad(recorder: Recorder, options: SteadyLoadOptions): Promise<SteadyLoad> {
  const { id, title, url, timeoutMs, connections, rateHz } = options;
  const address = await addressOf(new URL(url).hostname);
  recorder.record({
    type: "probe",
    probe: id,
    title,
    group: "load",
    tickMs,
    timeoutMs,
    labels: { connections: String(connections), rate: `${String(rateHz)}/s` },
  });
  const distanceUs = recorder.now() * 1000 - nowUs();
  const at = (us: number) => Math.round((us + distanceUs) / 100) / 10;
  const load = startLoad(
    {
      engine: "sockets",
      url,
      address,
      method: "GET",
      headers: [["Host", options.host]],
      body: null,
      keepAlive: true,
      connections,
      // A drill looks at milliseconds; turning for microseconds would take the processor from the lab.
      arrival: { kind: "constant", rateHz, spin: false, seed: 0 },
      maxRequests: null,
      durationMs: longestMs,
      timeoutMs,
      tls: { verify: true },
      workers: 1,
      eachRequest: true,
    },
    {
      onRequest(exchange) {
        const word = wordOf(exchange);
        recorder.record({
          type: "sample",
          probe: id,
          start: at(exchange.intendedUs),
          t: at(exchange.endUs),
          ok: word === null,
          ...(word === null ? {} : { error: word }),
        });
      },
    },
  );
  return {
    async stop() {
      const { sent, answered, failed } = await load.stop();
      return { sent, answered, failed };
    },
  };
}

function wordOf({ failure, status }: Exchange): string | null {
  return failure === "non-2xx" ? `http ${String(status)}` : failure;
}
