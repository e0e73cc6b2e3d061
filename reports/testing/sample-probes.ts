// The probes of a made-up run, with the labels that real ones carry.
import type { ProbeEvent } from "../../harness/timeline/events.ts";
import { machineNames } from "./sample-lab.ts";

export type SampleProbe = Omit<ProbeEvent, "type" | "t">;

export function sampleProbes(): SampleProbe[] {
  return [
    state("machines", "Power of the machines", "machines"),
    state("vip", "Holder of the virtual IP", "vip"),
    sampled("vip.tcp", "TCP connections to 172.30.0.100:8443", "vip", { via: "vip" }),
    state("etcd", "etcd as its members see it", "etcd"),
    ...apiProbes("vip"),
    ...["cp1", "cp2", "cp3"].flatMap((machine) => apiProbes(machine)),
    state("nodes", "Readiness of the nodes", "nodes"),
    state("workload", "Pods of the workload as the API has them", "workload"),
    state("containers", "Containers running on the machines", "workload"),
    ...["w1", "w2"].map((machine) =>
      sampled(`http.ingress.${machine}`, `HTTP through the ingress on ${machine}`, "http", {
        by: "ingress",
        machine,
      }),
    ),
    ...machineNames.map((machine) =>
      sampled(`http.nodeport.${machine}`, `HTTP through the node port of ${machine}`, "http", {
        by: "nodeport",
        machine,
      }),
    ),
    state("harness", "The harness itself", "harness"),
  ];
}

function apiProbes(via: string): SampleProbe[] {
  return ["read", "write"].flatMap((verb) =>
    ["fresh", "kept"].map((connection) =>
      sampled(`api.${via}.${verb}.${connection}`, `API ${verb} via ${via}, ${connection} connection`, "api", {
        verb,
        via,
        connection,
      }),
    ),
  );
}

function state(probe: string, title: string, group: ProbeEvent["group"]): SampleProbe {
  return { probe, title, group, tickMs: 250, timeoutMs: 2000, labels: {} };
}

function sampled(
  probe: string,
  title: string,
  group: ProbeEvent["group"],
  labels: Record<string, string>,
): SampleProbe {
  return { probe, title, group, tickMs: 100, timeoutMs: 2000, labels };
}
