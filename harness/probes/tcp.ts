// Whether a TCP connection can be made: what remains to be seen of a VIP or a machine when nothing behind it answers.
import { connect } from "node:net";
import type { Probe } from "./probe.ts";
import { samplingProbe } from "./ticker.ts";

export interface TcpProbeOptions {
  id: string;
  title: string;
  group: Probe["info"]["group"];
  host: string;
  port: number;
  labels: Record<string, string>;
  tickMs: number;
  timeoutMs: number;
  phaseMs?: number;
}

/** Good is an established connection, which is closed at once. */
export function tcpProbe(options: TcpProbeOptions): Probe {
  const { id, title, group, host, port, labels, tickMs, timeoutMs } = options;
  return samplingProbe(
    { probe: id, title, group, tickMs, timeoutMs, labels },
    (signal) => connectOnce(host, port, signal),
    options.phaseMs,
  );
}

function connectOnce(host: string, port: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const letGo = () => socket.destroy(signal.reason instanceof Error ? signal.reason : undefined);
    signal.addEventListener("abort", letGo, { once: true });
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", reject);
  });
}
