// The probes of every drill, with their ticks and paths. A new probe is one file and one line here.
import type { Topology } from "../lab/facts.ts";
import type { Subject, Way } from "../lab/subject.ts";
import type { World } from "../lab/world.ts";
import { apiReadProbe, type ApiProbeOptions } from "./api.ts";
import { apiWriteProbe } from "./api-write.ts";
import { autoscalersProbe } from "./autoscalers.ts";
import { containersProbe } from "./containers.ts";
import { etcdProbes } from "./etcd.ts";
import { harnessProbe } from "./harness.ts";
import { hostLoadProbe } from "./host-load.ts";
import { httpProbe } from "./http.ts";
import { endpointsProbe, nodesProbe, podsProbe } from "./kube.ts";
import { leasesProbe } from "./leases.ts";
import { machinesProbe } from "./machines.ts";
import type { Probe } from "./probe.ts";
import { tcpProbe } from "./tcp.ts";
import { Ticks, type Cadence, type TickOptions } from "./ticks.ts";
import { vipProbe } from "./vip.ts";

export interface StandardProbesOptions extends TickOptions {
  /** Exists; sequenced writes go there, and single drills make pods in it. */
  namespace: string;
  /** Those pods. */
  extrasSelector: string;
  /** What drills look at, how it is found and reached. */
  subject: Subject;
}

/** API, VIP and TCP attempts end after so long; client-go's own limits are far above (see "patient"). */
const timeoutMs = 2000;
/** Longer than an API server's own limit of 60 s, after which it must have answered with an error. */
const patientTimeoutMs = 70_000;

/**
 * All probes for a lab, none started yet. Ids: "api.<vip|machine>.<read|write>.<fresh|kept>",
 * "api.vip.<read|write>.patient", "vip", "vip.tcp", "etcd", "etcd.<machine>", "nodes", "leases", "workload", "extras",
 * "autoscalers", "ingress", "endpoints", "containers", "machines", "http.ingress.<machine>", "http.nodeport.<machine>", "harness", "host".
 */
export function standardProbes(world: World, topology: Topology, options: StandardProbesOptions): Probe[] {
  const ticks = new Ticks(options);
  const { machines, everyMachine } = world;
  const { subject } = options;
  const power = machinesProbe(everyMachine, ticks.of("machines", "power"));
  return [
    power,
    harnessProbe(),
    ...(everyMachine.some((each) => each.power.onThisHost) ? [hostLoadProbe()] : []),
    ...apiProbes(world, options, ticks),
    ...vipProbes(world, power, ticks),
    ...etcdProbes({
      world,
      members: topology.etcd.members,
      tickMs: (id) => ticks.of(id, "member"),
      timeoutMs,
      phaseMs: () => ticks.phase(),
    }),
    nodesProbe(world),
    leasesProbe(world),
    podsProbe(world, "workload", subject.namespace, subject.watchSelector),
    podsProbe(world, "extras", options.namespace, options.extrasSelector),
    autoscalersProbe(world, subject.namespace),
    ...ingressPods(world, topology),
    ...(subject.service === null ? [] : [endpointsProbe(world, subject.namespace, subject.service)]),
    containersProbe({ machines, power, tickMs: ticks.of("containers", "look") }),
    ...(subject.way === null ? [] : httpProbes(world, topology, subject.way, ticks)),
  ];
}

/** Reads and writes, fresh and kept, through the VIP and to every API server; and one patient client of each verb. */
function apiProbes(world: World, options: StandardProbesOptions, ticks: Ticks): Probe[] {
  const { credentials, endpoints, main: clients } = world.kube;
  const { namespace } = options;
  const both = (common: Omit<ApiProbeOptions, "tickMs" | "credentials">, cadence: Cadence) => {
    const kind = common.patient === true ? "patient" : common.connection;
    const of = (verb: string) => ({
      ...common,
      credentials,
      tickMs: ticks.of(`api.${common.endpoint.name}.${verb}.${kind}`, cadence),
      phaseMs: ticks.phase(),
    });
    return [apiReadProbe(of("read")), apiWriteProbe({ ...of("write"), namespace, clients })];
  };
  const [first] = endpoints;
  return [
    ...endpoints.flatMap((endpoint) => [
      ...both({ endpoint, connection: "fresh", timeoutMs }, endpoint === first ? "path" : "direct"),
      ...both({ endpoint, connection: "kept", timeoutMs }, endpoint === first ? "kept" : "kept-direct"),
    ]),
    ...(first === undefined
      ? []
      : both(
          { endpoint: first, connection: "fresh", timeoutMs: patientTimeoutMs, patient: true },
          "patient",
        )),
  ];
}

function vipProbes(world: World, power: ReturnType<typeof machinesProbe>, ticks: Ticks): Probe[] {
  const { vip } = world.file.api;
  if (vip === undefined) return [];
  return [
    vipProbe({ address: vip.address, machines: world.machines, power, tickMs: ticks.of("vip", "look") }),
    tcpProbe({
      id: "vip.tcp",
      title: `TCP connections to ${vip.address}:${String(vip.port)}`,
      group: "vip",
      host: vip.address,
      port: vip.port,
      labels: { via: "vip" },
      tickMs: ticks.of("vip.tcp", "path"),
      timeoutMs,
      phaseMs: ticks.phase(),
    }),
  ];
}

/** None where the controller's pods could not be told. */
function ingressPods(world: World, { ingress }: Topology): Probe[] {
  const controller = ingress?.controller;
  return controller === undefined
    ? []
    : [podsProbe(world, "ingress", controller.namespace, controller.labelSelector)];
}

/** The workload through the ingress on its machines, and through the node port on every machine, where it has them. */
function httpProbes(world: World, topology: Topology, way: Way, ticks: Ticks): Probe[] {
  const { ingress } = topology;
  const probe = (by: "ingress" | "nodeport", machine: string, port: number): Probe => {
    const id = `http.${by}.${machine}`;
    return httpProbe({
      id,
      title: `HTTP through the ${by === "ingress" ? "ingress" : "node port"} on ${machine}`,
      host: world.machine(machine).address,
      port,
      path: way.path,
      ...(by === "ingress" && way.host !== null ? { hostHeader: way.host } : {}),
      contains: way.contains,
      labels: { by, machine },
      tickMs: ticks.of(id, by === "ingress" ? "path" : "direct"),
      timeoutMs,
      phaseMs: ticks.phase(),
    });
  };
  const { host, nodePort } = way;
  return [
    ...(host === null ? [] : (ingress?.machines ?? [])).map((machine) =>
      probe("ingress", machine, ingress?.httpPort ?? 80),
    ),
    ...(nodePort === null ? [] : world.machines.map(({ name }) => probe("nodeport", name, nodePort))),
  ];
}
