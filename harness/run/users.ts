// The users who send requests while a drill breaks things: a steady load on the demo, or on a drill's own application.
import { until } from "../base/until.ts";
import { areServed } from "../load/served.ts";
import { startSteadyLoad } from "../load/steady-load.ts";
import { hostOf } from "../workloads/manifests.ts";
import type { Session } from "./session.ts";

/** Probe id of the load's requests, for expectations on them. */
export const loadId = "load.users";

/**
 * Users who know nothing of each other: 50 come each second, whatever happens to those before them, and nobody waits
 * for another's connection even when nothing answers (rate × time-out). A rate that the smallest lab takes easily: at
 * 200 a second they used a third of its two processors, and what was late then was late because of them.
 */
const load = { rateHz: 50, timeoutMs: 5000, connections: 250 };

/** What predictions need to know of them. */
export const users = { probe: loadId, rateHz: load.rateHz };

/** So soon the first of them must be served. */
const servedLimitMs = 20_000;

/** Whose users come, and how; default: the demo's, through the first machine of the ingress. */
export interface Way {
  /** Name of a web application among the drill's extras. */
  app?: string;
  /** A machine on which the ingress controller listens. */
  entrance?: string;
}

/**
 * Sends requests while the body runs, which begins when they are served; each is on the timeline. Where nothing is known
 * of how users come in, none come.
 */
export async function withUsers(session: Session, way: Way, body: () => Promise<void>): Promise<void> {
  const { recorder, world, progress } = session;
  const front = frontOf(session, way);
  if (front === null) {
    progress.line("no users: nothing leads to the workload over HTTP");
    await body();
    return;
  }
  const machine = world.machine(front.machine);
  const through = `${front.by} on ${machine.name}`;
  const since = recorder.now();
  const running = await startSteadyLoad(recorder, {
    id: loadId,
    title: `Load through ${through}`,
    url: `http://${machine.address}:${String(front.port)}${front.path}`,
    host: front.host ?? machine.address,
    ...load,
  });
  try {
    await served(session, since, through);
    await body();
  } finally {
    const { sent, failed } = await running.stop();
    progress.line(`load: ${String(sent)} requests, ${String(failed)} failed`);
  }
}

interface Front {
  by: "the ingress" | "the node port";
  machine: string;
  port: number;
  path: string;
  host: string | null;
}

/** An application of the drill's own is behind the ingress; what drills look at may be behind its node port alone. */
function frontOf({ topology, workload }: Session, { app, entrance }: Way): Front | null {
  const { way } = workload.subject;
  const machine = entrance ?? topology.ingress?.machines[0];
  const port = topology.ingress?.httpPort ?? 80;
  if (app !== undefined && machine !== undefined)
    return { by: "the ingress", machine, port, path: "/hostname", host: hostOf(app) };
  if (way === null) return null;
  const { host, path, nodePort } = way;
  if (machine !== undefined && host !== null) return { by: "the ingress", machine, port, path, host };
  const [first] = topology.machines;
  if (nodePort === null || first === undefined) return null;
  return { by: "the node port", machine: first.name, port: nodePort, path, host };
}

/** @throws KubedrillError (inconclusive) when users are not served although nothing is broken yet */
async function served({ recorder, signal }: Session, since: number, through: string): Promise<void> {
  await until(() => areServed(recorder.store.samples.get(loadId), since, load.rateHz), {
    what: `users to be served through ${through}, before anything is broken`,
    timeoutMs: servedLimitMs,
    intervalMs: 200,
    signal,
  });
}
