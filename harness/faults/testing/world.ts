// A lab for tests of faults and healing: machines whose power is a word that can be looked at, an API that is a
// function. Everything above those two ports is the real thing.
import type { KubeAccess } from "../../kube/access.ts";
import { parseLabFile } from "../../lab/lab-file.ts";
import { machinesBy } from "../../lab/open-world.ts";
import type { Machine, World } from "../../lab/world.ts";
import type { MachinePower, PowerOperation, PowerState } from "../../machines/provider.ts";

export interface TestWorld {
  world: World;
  /** Power of each machine as it is now; may be changed. */
  states: Record<string, PowerState>;
  /** "m1 cut", in order. */
  calls: string[];
  requests: { method: string; path: string; body: unknown }[];
  /** From now on this ("m1 on") throws; or works again; or claims to work and does nothing. */
  refuse(call: string): void;
  allow(call: string): void;
  pretend(call: string): void;
}

export interface TestWorldOptions {
  address?: string;
  sshPort?: number;
  /** Answer's JSON; undefined: 404; what it throws is the refusal. */
  api?: (method: string, path: string, body: unknown) => unknown;
}

export function testWorld(initial: Record<string, PowerState>, options: TestWorldOptions = {}): TestWorld {
  const states = { ...initial };
  const calls: string[] = [];
  const requests: TestWorld["requests"] = [];
  const refused = new Set<string>();
  const pretended = new Set<string>();
  // The broadcast address: TCP to it is refused by this host's own kernel before anything is sent.
  const address = options.address ?? "255.255.255.255";
  const power = (name: string): MachinePower => {
    const become = (operation: PowerOperation, state: PowerState) => () => {
      calls.push(`${name} ${operation}`);
      if (refused.has(`${name} ${operation}`))
        return Promise.reject(new Error(`${name} does not ${operation}`));
      if (!pretended.has(`${name} ${operation}`)) states[name] = state;
      return Promise.resolve();
    };
    return {
      operations: new Set(["on", "shutdown", "cut", "freeze", "thaw"]),
      onThisHost: false,
      status: () => Promise.resolve(states[name] ?? "missing"),
      on: become("on", "running"),
      shutdown: become("shutdown", "off"),
      cut: become("cut", "off"),
      freeze: become("freeze", "frozen"),
      thaw: () => (states[name] === "frozen" ? become("thaw", "running")() : Promise.resolve()),
      byHand: (operation) => `power ${operation} ${name}`,
    };
  };
  const file = parseLabFile(
    {
      version: 1,
      name: "test",
      machines: Object.keys(initial).map((name) => ({
        name,
        role: "control-plane",
        address,
        power: { provider: "docker", container: name },
        shell: { via: "ssh", host: address, port: options.sshPort ?? 22, keyFile: "none", hostKey: "none" },
      })),
      api: { kubeconfig: "none" },
    },
    "test",
  );
  const unused = () => Promise.reject(new Error("no shell in this test"));
  const machines = file.machines.map((spec): Machine => ({
    name: spec.name,
    role: spec.role,
    address,
    node: spec.name,
    power: power(spec.name),
    shell: { run: unused, stream: unused, readFile: unused, close: () => Promise.resolve() },
  }));
  const raw: KubeAccess["main"]["raw"] = (method, path, { body, okStatus = [] }) => {
    requests.push({ method, path, body });
    if (options.api === undefined) return Promise.reject(new Error("the API is down"));
    const answer = answerOf(options.api, method, path, body);
    if (answer instanceof Error) return Promise.reject(answer);
    return answer === undefined && !okStatus.includes(404) && method === "GET"
      ? Promise.reject(new Error("404"))
      : Promise.resolve(answer);
  };
  const world: World = {
    file,
    ...machinesBy(machines),
    machine(name) {
      const found = machines.find((each) => each.name === name);
      if (found === undefined) throw new Error(`The lab has no machine ${name}.`);
      return found;
    },
    // Faults and healing use raw requests only.
    kube: { main: { raw, endpoint: { name: "vip" } }, endpoints: [{ name: "vip" }] } as KubeAccess,
    close: () => Promise.resolve(),
  };
  return {
    world,
    states,
    calls,
    requests,
    refuse: (call) => refused.add(call),
    allow: (call) => refused.delete(call),
    pretend: (call) => pretended.add(call),
  };
}

function answerOf(
  api: NonNullable<TestWorldOptions["api"]>,
  method: string,
  path: string,
  body: unknown,
): unknown {
  try {
    return api(method, path, body);
  } catch (error) {
    return error;
  }
}
