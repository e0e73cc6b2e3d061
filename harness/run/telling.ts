// What the body of a drill puts on record while it works.
import type { FactEvent } from "../timeline/events.ts";
import type { Session } from "./session.ts";

export interface Telling {
  fact: (name: string, value: FactEvent["value"]) => void;
  /** "inject" is recorded as "outage.inject". */
  mark: (name: string) => void;
}

export function telling({ recorder }: Pick<Session, "recorder">, drill: string): Telling {
  return {
    fact: (name, value) => {
      recorder.record({ type: "fact", drill, name, value });
    },
    mark: (name) => {
      recorder.record({ type: "mark", drill, name: `outage.${name}` });
    },
  };
}
