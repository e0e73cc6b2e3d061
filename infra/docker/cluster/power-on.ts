// Powers on machines of a lab that has been a cluster before, in an operator's order: a quorum of control planes first,
// the others when an API server is about to serve. A kubelet without one only backs off, and takes processor time from
// those who start it; one whose machine still boots meanwhile loses nothing.
import { connect } from "node:net";
import { until } from "../../../harness/base/until.ts";
import { controlPlanesOf, type LabLayout, type MachinePlan } from "./layout.ts";
import { wakeMachine, type MachineState } from "./machines.ts";

const apiTimeoutMs = 120_000;
const connectTimeoutMs = 1000;
const apiServerPort = 6443;

/** Wakes every machine that is not running and returns the names of those. */
export async function powerOn(
  layout: LabLayout,
  stateOf: (machine: MachinePlan) => MachineState,
): Promise<string[]> {
  const asleep = layout.machines.filter((each) => stateOf(each) !== "running");
  const first = asleep.filter((each) => quorumOf(layout).includes(each));
  const wake = (machines: readonly MachinePlan[]) =>
    Promise.all(machines.map((each) => wakeMachine(each, stateOf(each))));
  await wake(first);
  if (asleep.length > first.length) {
    await waitForApiServer(layout);
    await wake(asleep.filter((each) => !first.includes(each)));
  }
  return asleep.map((each) => each.name);
}

/** The first control planes, as many as etcd needs to agree. */
export function quorumOf(layout: LabLayout): MachinePlan[] {
  const all = controlPlanesOf(layout);
  return all.slice(0, Math.floor(all.length / 2) + 1);
}

/** Waits until one of the first machines listens as an API server: it serves seconds later, as long as the others boot. */
async function waitForApiServer(layout: LabLayout): Promise<void> {
  await until(() => Promise.any(quorumOf(layout).map((each) => listens(each.address))), {
    what: `an API server of lab ${layout.name} to listen`,
    timeoutMs: apiTimeoutMs,
    intervalMs: 100,
  });
}

/** @throws when nobody does */
function listens(host: string): Promise<true> {
  const { promise, resolve, reject } = Promise.withResolvers<true>();
  const socket = connect({ host, port: apiServerPort, timeout: connectTimeoutMs });
  socket.once("connect", () => {
    resolve(true);
  });
  socket.once("timeout", () => {
    reject(new Error(`${host} does not answer`));
  });
  socket.once("error", reject);
  return promise.finally(() => socket.destroy());
}
