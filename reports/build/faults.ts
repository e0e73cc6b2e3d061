// Faults as bands: from the injection to the moment when everything was put back.
import type { FaultEvent } from "../../harness/timeline/events.ts";
import type { TimelineStore } from "../../harness/timeline/store.ts";
import type { FaultBand } from "../model.ts";
import type { Period } from "./period.ts";

export function bandsOf(store: TimelineStore, period: Period): FaultBand[] {
  const events = store.all("fault", period.drill);
  const ids = [...new Set(events.map((event) => event.fault))];
  return ids.flatMap((id) => {
    const own = events.filter((event) => event.fault === id);
    const at = (...states: FaultEvent["state"][]): number | null => {
      const event = own.find((each) => states.includes(each.state));
      return event === undefined ? null : event.t - period.zero;
    };
    const [first] = own;
    const injected = at("injecting", "active", "confirmed");
    if (first === undefined || injected === null) return [];
    return [
      {
        id,
        label: first.band.label,
        tone: first.band.tone,
        targets: first.targets,
        title: first.title,
        injected,
        confirmed: at("confirmed"),
        healed: at("healed"),
      },
    ];
  });
}
