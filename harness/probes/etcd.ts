// etcd by its own endpoints, without the API: whether each member serves (a read with quorum), and what the members
// say of each other.
import type { Topology } from "../lab/facts.ts";
import type { World } from "../lab/world.ts";
import { AttemptError } from "./attempt-error.ts";
import { connect } from "./connection.ts";
import { isHealthy } from "./etcd-answers.ts";
import { etcdCredentials } from "./etcd-credentials.ts";
import { etcdStatusProbe } from "./etcd-status.ts";
import type { Probe } from "./probe.ts";
import { tlsTarget, type Target } from "./request.ts";
import { samplingProbe } from "./ticker.ts";

export interface EtcdProbesOptions {
  world: World;
  members: Topology["etcd"]["members"];
  /** Tick of a probe by its id. */
  tickMs: (id: string) => number;
  timeoutMs: number;
  phaseMs: () => number;
}

/** A member's client endpoint; known only after the credentials were read, once, from one of its machines. */
export type MemberTarget = (machine: string) => Promise<Target>;

/** "etcd.<machine>": samples of each member's health; "etcd": states of the cluster (see ./etcd-status.ts). */
export function etcdProbes(options: EtcdProbesOptions): Probe[] {
  const { world, members } = options;
  const machines = [...new Set(members.map((each) => each.machine))].sort();
  let credentials: ReturnType<typeof etcdCredentials> | undefined;
  const targetOf: MemberTarget = async (machine) => {
    credentials ??= etcdCredentials(world);
    const { address } = world.machine(machine);
    return tlsTarget(address, world.file.etcd.clientPort, address, await credentials);
  };
  const health = new Map<string, boolean>();
  return [
    ...machines.map((machine) => healthProbe(options, machine, targetOf, health)),
    etcdStatusProbe({
      machines,
      members,
      targetOf,
      health,
      tickMs: options.tickMs("etcd"),
      phaseMs: options.phaseMs(),
    }),
  ];
}

/** GET /health on a kept connection: the member reads a key with quorum, as it does for an API server. */
function healthProbe(
  options: EtcdProbesOptions,
  machine: string,
  targetOf: MemberTarget,
  health: Map<string, boolean>,
): Probe {
  const id = `etcd.${machine}`;
  let client: ReturnType<typeof connect> | undefined;
  let latest = 0;
  const probe = samplingProbe(
    {
      probe: id,
      title: `etcd member on ${machine}`,
      group: "etcd",
      tickMs: options.tickMs(id),
      timeoutMs: options.timeoutMs,
      labels: { machine },
    },
    async (signal, startedAt) => {
      // An older attempt that ends late says nothing about now.
      const say = (ok: boolean) => {
        if (startedAt < latest) return;
        latest = startedAt;
        health.set(machine, ok);
      };
      try {
        if (client === undefined) throw new AttemptError("not started");
        const answer = await client.ask({ method: "GET", path: "/health" }, signal);
        if (!isHealthy(answer.body))
          throw new AttemptError(answer.status === 200 ? "unhealthy" : `http ${String(answer.status)}`);
        say(true);
      } catch (error) {
        say(false);
        throw error;
      }
    },
    options.phaseMs(),
  );
  return {
    info: probe.info,
    async start(recorder) {
      client = connect(await targetOf(machine), "kept");
      await probe.start(recorder);
    },
    async stop() {
      await probe.stop();
      client?.close();
    },
  };
}
