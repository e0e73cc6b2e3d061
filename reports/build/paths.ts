// Which probes take the same path, by their labels: lanes and charts are per path, not per probe.
import type { ProbeEvent } from "../../harness/timeline/events.ts";
import type { Sample } from "../../harness/timeline/series.ts";
import type { Attempts } from "./attempts.ts";

export interface Path {
  label: string;
  probes: { probe: ProbeEvent; attempts: readonly Sample[] }[];
}

/**
 * `lane`: what users share (the VIP) is drawn probe by probe, since a kept connection fares differently from a fresh
 * one; what belongs to one machine is one path. `chart`: one path per kind, whatever the machine.
 */
export function pathsOf(probes: readonly ProbeEvent[], attempts: Attempts, detail: "lane" | "chart"): Path[] {
  const paths = new Map<string, Path>();
  for (const probe of probes) {
    const found = attempts.get(probe.probe);
    if (found === undefined) continue;
    const label = detail === "lane" ? laneLabel(probe) : chartLabel(probe);
    const path = paths.get(label) ?? { label, probes: [] };
    path.probes.push({ probe, attempts: found });
    paths.set(label, path);
  }
  return [...paths.values()];
}

function laneLabel(probe: ProbeEvent): string {
  const { via, by, machine, verb, connection, patience } = probe.labels;
  if (by !== undefined && machine !== undefined) return `by ${wordFor(by)} ${machine}`;
  if (probe.group === "etcd" && machine !== undefined) return `member on ${machine}`;
  if (machine !== undefined && via !== "vip") return `on ${machine}`;
  const how = [verb, patience === undefined ? connection : "patient"].filter((part) => part !== undefined);
  if (via === undefined || how.length === 0) return probe.title;
  return via === "vip" ? `by VIP: ${how.join(", ")}` : `on ${via}`;
}

function chartLabel(probe: ProbeEvent): string {
  const { via, by, verb, patience } = probe.labels;
  if (by !== undefined) return `${groupName(probe)} by ${wordFor(by)}`;
  if (via === undefined || verb === undefined) return probe.title;
  if (via !== "vip") return `${groupName(probe)} on each machine`;
  return `${groupName(probe)} by VIP${patience === undefined ? "" : ", patient client"}`;
}

function groupName(probe: ProbeEvent): string {
  const names: Partial<Record<ProbeEvent["group"], string>> = { api: "API", http: "HTTP", etcd: "etcd" };
  return names[probe.group] ?? probe.title;
}

function wordFor(by: string): string {
  return by === "nodeport" ? "node port" : by;
}
