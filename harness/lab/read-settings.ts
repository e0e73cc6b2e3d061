// The settings that decide how fast a cluster notices and acts, each with the place where it was read.
import { z } from "zod";
import { durationFlag, readComponentFlags, type ComponentFlags } from "./component-flags.ts";
import type { Settings, Sourced } from "./facts.ts";
import { flag } from "./flags.ts";
import { parseHaproxy } from "./parse-haproxy.ts";
import { parseKeepalived } from "./parse-keepalived.ts";
import { readMetrics } from "./read-metrics.ts";
import { environmentFile, variablesOf } from "./etcd-service.ts";
import type { Machine, World } from "./world.ts";

const keepalivedPath = "/etc/keepalived/keepalived.conf";
const haproxyPath = "/etc/haproxy/haproxy.cfg";
const configz = z.object({ kubeletconfig: z.object({ nodeLeaseDurationSeconds: z.number().default(40) }) });

/** @throws KubedrillError when the API or a machine does not answer */
export async function readSettings(world: World, kubernetesVersion: string): Promise<Settings> {
  const controlPlanes = world.machines.filter((each) => each.role === "control-plane");
  const flags = await readComponentFlags(world, ["etcd", "kube-controller-manager", "kube-apiserver"]);
  const [service, keepalived, haproxy, kubelet, metrics] = await Promise.all([
    readService(world),
    readKeepalived(world, controlPlanes),
    readHaproxy(world, controlPlanes),
    readKubelet(world),
    readMetrics(world),
  ]);
  return {
    etcd: etcdTimes(service ?? flags.get("etcd")),
    keepalived,
    haproxy,
    controllerManager: controllerManager(flags.get("kube-controller-manager"), kubernetesVersion),
    kubelet,
    apiServer: apiServer(flags.get("kube-apiserver")),
    ...(metrics === undefined ? {} : { metrics }),
  };
}

/** etcd as a service has its flags as variables in a file. */
async function readService(world: World): Promise<ComponentFlags | undefined> {
  const [first] = world.etcdMachines;
  if (world.file.etcd.runtime !== "systemd" || first === undefined) return undefined;
  return {
    component: "etcd",
    pod: `${first.name}:${environmentFile}`,
    command: [],
    env: variablesOf(await readText(first, environmentFile)),
  };
}

function etcdTimes(flags: ComponentFlags | undefined): Settings["etcd"] {
  const read = (name: string, variable: string, fallback: number): Sourced<number> => {
    const set = flag(flags?.command ?? [], name) ?? flags?.env.get(variable);
    if (set === undefined) return { value: fallback, source: "etcd default" };
    return { value: Number(set), source: `${flags?.pod ?? ""} --${name}` };
  };
  return {
    heartbeatMs: read("heartbeat-interval", "ETCD_HEARTBEAT_INTERVAL", 100),
    electionMs: read("election-timeout", "ETCD_ELECTION_TIMEOUT", 1000),
  };
}

/** Defaults: kube-controller-manager's flags; the grace period was 40 s before Kubernetes 1.32, 50 s since. */
function controllerManager(
  flags: ComponentFlags | undefined,
  version: string,
): Settings["controllerManager"] {
  const minor = Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? 32);
  const usual = (seconds: number): Sourced<number> => ({
    value: seconds * 1000,
    source: "Kubernetes default",
  });
  return {
    leaseDurationMs: durationFlag(flags, "leader-elect-lease-duration", usual(15)),
    renewDeadlineMs: durationFlag(flags, "leader-elect-renew-deadline", usual(10)),
    retryPeriodMs: durationFlag(flags, "leader-elect-retry-period", usual(2)),
    nodeMonitorGraceMs: durationFlag(flags, "node-monitor-grace-period", usual(minor >= 32 ? 50 : 40)),
    nodeMonitorPeriodMs: durationFlag(flags, "node-monitor-period", usual(5)),
    hpaSyncMs: durationFlag(flags, "horizontal-pod-autoscaler-sync-period", usual(15)),
  };
}

function apiServer(flags: ComponentFlags | undefined): Settings["apiServer"] {
  const seconds = flag(flags?.command ?? [], "default-unreachable-toleration-seconds");
  return {
    requestTimeoutMs: durationFlag(flags, "request-timeout", { value: 60_000, source: "Kubernetes default" }),
    defaultTolerationMs:
      seconds === undefined
        ? { value: 300_000, source: "Kubernetes default" }
        : {
            value: Number(seconds) * 1000,
            source: `${flags?.pod ?? ""} --default-unreachable-toleration-seconds`,
          },
  };
}

/** The kubelet renews its lease every quarter of its duration (kubernetes, pkg/kubelet/kubelet.go). */
async function readKubelet(world: World): Promise<Settings["kubelet"]> {
  const node = world.machines[0]?.node ?? "";
  const answer = await world.kube.main.raw("GET", `/api/v1/nodes/${node}/proxy/configz`, {
    timeoutMs: 10_000,
  });
  const duration = configz.parse(answer).kubeletconfig.nodeLeaseDurationSeconds * 1000;
  const source = `kubelet of ${node}, /configz`;
  const clientGo = "client-go default (HTTP/2 health check)";
  return {
    leaseDurationMs: { value: duration, source },
    leaseRenewMs: { value: duration / 4, source: `${source}, a quarter of the duration` },
    http2ReadIdleMs: { value: 30_000, source: clientGo },
    http2PingMs: { value: 15_000, source: clientGo },
  };
}

async function readKeepalived(world: World, machines: Machine[]): Promise<Settings["keepalived"]> {
  const address = world.file.api.vip?.address;
  if (address === undefined) return null;
  const instances = await Promise.all(
    machines.map(async (machine) => {
      const found = parseKeepalived(await readText(machine, keepalivedPath)).find((each) =>
        each.addresses.includes(address),
      );
      if (found === undefined) return [];
      const { addresses, ...instance } = found;
      return [{ machine: machine.name, ...instance }];
    }),
  );
  const known = instances.flat();
  return known.length === 0 ? null : { instances: known, source: keepalivedPath };
}

async function readHaproxy(world: World, machines: Machine[]): Promise<Settings["haproxy"]> {
  const port = world.file.api.vip?.port;
  const [first] = machines;
  if (port === undefined || first === undefined) return null;
  const backend = parseHaproxy(await readText(first, haproxyPath), port);
  return backend === undefined ? null : { ...backend, source: `${first.name}:${haproxyPath}` };
}

/** Empty where there is no such file: the cluster may have its VIP by other means. */
async function readText(machine: Machine, path: string): Promise<string> {
  const { stdout } = await machine.shell.run(`cat ${path} 2>/dev/null || true`, { timeoutMs: 8000 });
  return stdout;
}
