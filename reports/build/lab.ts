// What was tested: layout and settings of the lab with the source of each, for the auditor a year later.
import type { LabEvent } from "../../harness/timeline/events.ts";
import type { LabModel } from "../model.ts";
import { listed, seconds } from "../text/numbers.ts";
import { bytes } from "../text/units.ts";

export function labOf(event: LabEvent | undefined): LabModel | null {
  if (event === undefined) return null;
  const { topology } = event;
  return {
    name: event.name,
    fingerprint: event.fingerprint,
    facts: [
      { name: "Kubernetes", value: topology.kubernetesVersion },
      {
        name: "etcd",
        value: `${topology.etcdVersion}, ${topology.etcd.layout}, ${String(topology.etcd.members.length)} members`,
      },
      {
        name: "Virtual IP",
        value: topology.vip === null ? "none" : `${topology.vip.address}:${String(topology.vip.port)}`,
      },
      {
        name: "Ingress",
        value:
          topology.ingress === null
            ? "none"
            : `port ${String(topology.ingress.httpPort)} on ${listed(topology.ingress.machines)}${controllerWords(topology.ingress)}`,
      },
      { name: "Cluster UID", value: topology.clusterUid },
      { name: "Fingerprint", value: event.fingerprint },
    ],
    machines: topology.machines.map((machine) => {
      const member = topology.etcd.members.find((each) => each.machine === machine.name);
      return {
        name: machine.name,
        role: machine.role,
        address: machine.address,
        node: machine.node,
        kubelet: machine.kubeletVersion,
        runtime: machine.containerRuntime,
        os: machine.os,
        member: member === undefined ? "" : `${member.id}, ${bytes(member.dbSizeBytes)}`,
        roles: rolesOf(event, machine.name),
      };
    }),
    settings: settingsOf(event.settings),
  };
}

function controllerWords({ controller }: NonNullable<LabEvent["topology"]["ingress"]>): string {
  return controller === undefined ? "" : `, ${controller.kind} ${controller.namespace}/${controller.name}`;
}

function rolesOf({ topology }: LabEvent, machine: string): string[] {
  const roles: [boolean, string][] = [
    [topology.vip?.holder === machine, "VIP"],
    [topology.etcd.leader === machine, "etcd leader"],
    [topology.leases.controllerManager === machine, "controller-manager"],
    [topology.leases.scheduler === machine, "scheduler"],
    [topology.ingress?.machines.includes(machine) === true, "ingress"],
  ];
  return roles.filter(([holds]) => holds).map(([, role]) => role);
}

/** Whatever the settings hold, by walking them: a setting added later appears by itself. */
function settingsOf(settings: object): LabModel["settings"] {
  return Object.entries(settings).flatMap(([group, value]) => rowsOf(group, [], value, ""));
}

function rowsOf(
  group: string,
  path: readonly string[],
  value: unknown,
  source: string,
): LabModel["settings"] {
  const name = path.join(" · ");
  if (value === null || value === undefined) return [{ group, name, value: "not used", source }];
  if (typeof value !== "object")
    return [{ group, ...shown(name, value as string | number | boolean), source }];
  const own = "source" in value && typeof value.source === "string" ? value.source : source;
  if ("value" in value && "source" in value) return rowsOf(group, path, value.value, own);
  return Object.entries(value).flatMap(([key, each]) => {
    if (key === "source") return [];
    const label = Array.isArray(value) && isNamed(each) ? each.machine : key;
    return rowsOf(group, [...path, label], each, own);
  });
}

function isNamed(value: unknown): value is { machine: string } {
  return (
    typeof value === "object" && value !== null && "machine" in value && typeof value.machine === "string"
  );
}

/** "electionMs", 1000 → "election", "1 s"; other names are split into words. */
function shown(name: string, value: string | number | boolean): { name: string; value: string } {
  const duration = typeof value === "number" && name.endsWith("Ms");
  const words = (duration ? name.slice(0, -2) : name)
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, " ")
    .toLowerCase();
  if (duration) return { name: words, value: seconds(value) };
  return { name: words, value: typeof value === "boolean" ? (value ? "yes" : "no") : String(value) };
}
