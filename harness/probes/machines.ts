// Power of every machine as its provider sees it, and for the other probes the answer to "is it off, or do I merely not
// see it?".
import type { Machine } from "../lab/world.ts";
import type { PowerState } from "../machines/provider.ts";
import type { Recorder } from "../timeline/recorder.ts";
import type { Probe } from "./probe.ts";
import { startSchedule } from "./schedule.ts";
import { Blindness, StateBook } from "./state-book.ts";

const limitMs = 3000;

export interface PowerWatch extends Probe {
  /** Asks now (one question at a time per machine); undefined when the provider does not answer within 3 s. */
  ask(machine: string): Promise<PowerState | undefined>;
  /** The last answer; undefined before the first. */
  last(machine: string): PowerState | undefined;
  /** Calls back at every change; returns the way to stop it. */
  onChange(listener: (machine: string, power: PowerState) => void): () => void;
}

/** Id "machines", subject = machine. @param tickMs between two questions to the provider for each machine */
export function machinesProbe(machines: readonly Machine[], tickMs: number): PowerWatch {
  const info: Probe["info"] = {
    probe: "machines",
    title: "Power of the machines",
    group: "machines",
    tickMs,
    timeoutMs: limitMs,
    labels: {},
  };
  const asking = new Map<string, Promise<PowerState | undefined>>();
  const states = new Map<string, PowerState>();
  const listeners = new Set<(machine: string, power: PowerState) => void>();
  let seen: (machine: string, power: PowerState | undefined) => void = () => undefined;
  let stopSchedule: (() => void) | undefined;
  let blind: Blindness[] = [];

  const look = async (machine: Machine): Promise<PowerState | undefined> => {
    try {
      return await machine.power.status(AbortSignal.timeout(limitMs));
    } catch {
      return undefined;
    }
  };
  const ask = (name: string): Promise<PowerState | undefined> => {
    const machine = machines.find((each) => each.name === name);
    if (machine === undefined) return Promise.resolve(undefined);
    const answer =
      asking.get(name) ??
      look(machine)
        .then((power) => {
          seen(name, power);
          return power;
        })
        .finally(() => asking.delete(name));
    asking.set(name, answer);
    return answer;
  };
  const listen = (recorder: Recorder) => {
    const book = new StateBook(recorder, info.probe);
    const blindness = new Map(machines.map(({ name }) => [name, new Blindness(recorder, info.probe, name)]));
    blind = [...blindness.values()];
    seen = (name, power) => {
      if (power === undefined) {
        blindness.get(name)?.lost("the provider does not answer");
        return;
      }
      blindness.get(name)?.seen();
      const changed = states.get(name) !== power;
      states.set(name, power);
      book.set(name, power);
      if (changed) for (const listener of listeners) listener(name, power);
    };
  };

  return {
    info,
    ask,
    last: (name) => states.get(name),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async start(recorder) {
      recorder.record({ type: "probe", ...info });
      listen(recorder);
      const askAll = () => Promise.all(machines.map((each) => ask(each.name)));
      await askAll();
      stopSchedule = startSchedule({
        tickMs,
        now: () => recorder.now(),
        onTick: () => void askAll(),
        onLate: (from, t) => {
          recorder.record({ type: "blind", probe: info.probe, from, t, why: "the harness was late" });
        },
      });
    },
    async stop() {
      stopSchedule?.();
      await Promise.all(asking.values());
      for (const each of blind) each.stop();
      seen = () => undefined;
    },
  };
}
