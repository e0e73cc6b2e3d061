// Which machine a value means: machines keep one number, so one colour and texture, through the whole report.
import type { Topology } from "../../harness/lab/facts.ts";
import type { Tone } from "../model.ts";

export interface Places {
  /** Names of machines in the lab's order. */
  names: string[];
  /** The machine that a name means: its own, its node's, its etcd member's name or id. */
  find(name: string): { name: string; tone: Tone } | undefined;
}

export function placesOf(topology: Topology | undefined): Places {
  const machines = topology?.machines ?? [];
  const names = machines.map((machine) => machine.name);
  const meaning = new Map<string, string>();
  for (const machine of machines) {
    meaning.set(machine.node, machine.name);
    meaning.set(machine.address, machine.name);
  }
  for (const member of topology?.etcd.members ?? []) {
    meaning.set(member.id, member.machine);
    if (member.name !== "") meaning.set(member.name, member.machine);
  }
  for (const name of names) meaning.set(name, name);
  return {
    names,
    find: (name) => {
      const machine = meaning.get(name);
      return machine === undefined
        ? undefined
        : { name: machine, tone: `place-${String(names.indexOf(machine))}` };
    },
  };
}
