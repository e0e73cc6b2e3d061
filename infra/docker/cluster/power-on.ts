// Powers on machines of a lab that has been a cluster before, in an operator's order: a quorum of etcd first, one machine
// after the other, then as many control planes, and the others when there is an API for them. A kubelet without one only backs off, and takes
// processor time from those who start it.
import { connect } from "node:tls";
import { z } from "zod";
import { until } from "../../../harness/base/until.ts";
import { apiClient } from "./api.ts";
import { controlPlanesOf, etcdMachinesOf, type LabLayout, type MachinePlan } from "./layout.ts";
import { labPaths } from "./lab-files.ts";
import { wakeMachine, type MachineState } from "./machines.ts";

const apiTimeoutMs = 120_000;
/** A member that has not come so far after this long has other troubles than its peers. */
const memberTimeoutMs = 15_000;
const handshakeMs = 500;
const etcdPeerPort = 2380;
const apiServerPort = 6443;

/** Wakes every machine that is not running and returns the names of those. */
export async function powerOn(
  layout: LabLayout,
  stateOf: (machine: MachinePlan) => MachineState,
): Promise<string[]> {
  const asleep = layout.machines.filter((each) => stateOf(each) !== "running");
  const members = asleep.filter((each) => quorumOf(layout).includes(each));
  await wakeInTurn(members, (each) => wakeMachine(each, stateOf(each)));
  const servers = asleep.filter((each) => firstServersOf(layout).includes(each) && !members.includes(each));
  await Promise.all(servers.map((each) => wakeMachine(each, stateOf(each))));
  const first = [...members, ...servers];
  if (asleep.length > first.length) {
    await waitForApi(layout);
    const others = asleep.filter((each) => !first.includes(each));
    await Promise.all(others.map((each) => wakeMachine(each, stateOf(each))));
  }
  return asleep.map((each) => each.name);
}

/**
 * Wakes machines so that the etcd member of each one serves before the next one starts. A member that starts asks
 * every peer for a hash before it serves anybody; two that start at once wait for each other until a limit of 7 s is
 * over. Source: etcd server/etcdserver/corrupt.go, `InitialCheck`; kubeadm switches the check on.
 */
export async function wakeInTurn(
  machines: readonly MachinePlan[],
  wake: (machine: MachinePlan) => Promise<void>,
  serves: (machine: MachinePlan) => Promise<void> = memberServes,
): Promise<void> {
  for (const machine of machines) {
    await wake(machine);
    if (machine !== machines.at(-1)) await serves(machine);
  }
}

/** Waits until the machine's etcd answers its peers; whoever waits in vain goes on. */
async function memberServes({ name, address }: MachinePlan): Promise<void> {
  await until(() => shakesHands(address), {
    what: `the etcd member of ${name} to serve`,
    timeoutMs: memberTimeoutMs,
    intervalMs: 100,
  }).catch(() => undefined);
}

/** It listens from its start on, but answers nobody before its check is through. */
function shakesHands(host: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  // Nothing is sent but the greeting, so it does not matter who answers.
  const socket = connect({ host, port: etcdPeerPort, rejectUnauthorized: false, timeout: handshakeMs });
  socket.on("secureConnect", () => {
    resolve(true);
    socket.destroy();
  });
  for (const event of ["error", "timeout", "close"] as const)
    socket.on(event, () => {
      resolve(false);
      socket.destroy();
    });
  return promise;
}

/** The first of etcd's machines, as many as it needs to agree. */
export function quorumOf(layout: LabLayout): MachinePlan[] {
  return majority(etcdMachinesOf(layout));
}

/** The control planes that are started before all others: those with these members, or as many. */
function firstServersOf(layout: LabLayout): MachinePlan[] {
  return majority(controlPlanesOf(layout));
}

function majority<T>(all: readonly T[]): T[] {
  return all.slice(0, Math.floor(all.length / 2) + 1);
}

/** Waits until an API server reads from its store; the VIP follows while the others boot. */
async function waitForApi(layout: LabLayout): Promise<void> {
  const { kubeconfig } = labPaths(layout.name);
  const servers = firstServersOf(layout).map(({ address }) => `https://${address}:${String(apiServerPort)}`);
  const apis = await Promise.all(servers.map((server) => apiClient(kubeconfig, server)));
  const reads = (signal: AbortSignal) =>
    Promise.any(apis.map((api) => api.get("/api/v1/namespaces/kube-system", z.unknown(), signal)));
  await until((signal) => reads(signal).then(() => true), {
    what: `an API server of lab ${layout.name}`,
    timeoutMs: apiTimeoutMs,
    intervalMs: 100,
  });
}
