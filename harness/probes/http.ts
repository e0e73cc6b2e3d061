// HTTP as a user has it: a new connection for every request, the right status and something of the right body.
import { AttemptError } from "./attempt-error.ts";
import { connect } from "./connection.ts";
import type { Probe } from "./probe.ts";
import { samplingProbe } from "./ticker.ts";

export interface HttpProbeOptions {
  id: string;
  title: string;
  /** Address of a machine, not a name: names would measure a resolver. */
  host: string;
  port: number;
  path: string;
  /** Sent as the Host header, by which an ingress finds the service. */
  hostHeader?: string;
  /** Expected in the answer's body. */
  contains: string;
  labels: Record<string, string>;
  tickMs: number;
  timeoutMs: number;
  phaseMs?: number;
}

/** Good is status 200 with the expected text in the body; fails as "http 503", "wrong body", "refused", … */
export function httpProbe(options: HttpProbeOptions): Probe {
  const client = connect({ host: options.host, port: options.port }, "fresh");
  const headers: Record<string, string> =
    options.hostHeader === undefined ? {} : { host: options.hostHeader };
  return samplingProbe(
    {
      probe: options.id,
      title: options.title,
      group: "http",
      tickMs: options.tickMs,
      timeoutMs: options.timeoutMs,
      labels: options.labels,
    },
    async (signal) => {
      const answer = await client.ask({ method: "GET", path: options.path, headers }, signal);
      if (answer.status !== 200) throw new AttemptError(`http ${String(answer.status)}`);
      if (!answer.body.includes(options.contains)) throw new AttemptError("wrong body");
    },
    options.phaseMs,
  );
}
