// Powers on machines of a lab that has been a cluster before, in an operator's order: a quorum of control planes first,
// the others when there is an API for them. A kubelet without one only backs off, and takes processor time from those
// who start it.
import { z } from "zod";
import { until } from "../../../harness/base/until.ts";
import { apiClient } from "./api.ts";
import { controlPlanesOf, type LabLayout, type MachinePlan } from "./layout.ts";
import { labPaths } from "./lab-files.ts";
import { wakeMachine, type MachineState } from "./machines.ts";

const apiTimeoutMs = 120_000;

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
    await waitForApi(layout);
    await wake(asleep.filter((each) => !first.includes(each)));
  }
  return asleep.map((each) => each.name);
}

/** The first control planes, as many as etcd needs to agree. */
export function quorumOf(layout: LabLayout): MachinePlan[] {
  const all = controlPlanesOf(layout);
  return all.slice(0, Math.floor(all.length / 2) + 1);
}

/** Waits until the API reads from its store, through the VIP. */
async function waitForApi(layout: LabLayout): Promise<void> {
  const api = await apiClient(labPaths(layout.name).kubeconfig);
  await until((signal) => api.get("/api/v1/namespaces/kube-system", z.unknown(), signal).then(() => true), {
    what: `the API of lab ${layout.name} at ${layout.vip.address}`,
    timeoutMs: apiTimeoutMs,
    intervalMs: 100,
  });
}
