// Who holds the VIP, asked on every machine by its own network settings, so that none and two are seen as well as one.
import type { Machine } from "../lab/world.ts";
import type { PowerState } from "../machines/provider.ts";
import { followMachine, type Feed } from "./feed.ts";
import type { PowerWatch } from "./machines.ts";
import type { Probe } from "./probe.ts";
import { Blindness, StateBook } from "./state-book.ts";

export interface VipProbeOptions {
  address: string;
  machines: readonly Machine[];
  power: PowerWatch;
  /** The address table is read so often, and besides at once when the kernel reports a change. */
  tickMs: number;
}

/**
 * Id "vip". Subjects: each machine → has it (boolean); "holder" → name, null, or "cp1+cp2"; "holders" → count. A
 * machine that is off holds nothing; one that is merely not seen is blind and not counted.
 */
export function vipProbe(options: VipProbeOptions): Probe {
  const { address, machines, power, tickMs } = options;
  const silenceMs = Math.max(5000, 10 * tickMs);
  const info: Probe["info"] = {
    probe: "vip",
    title: `Who holds ${address}`,
    group: "vip",
    tickMs,
    timeoutMs: silenceMs,
    labels: {},
  };
  let feeds: Feed[] = [];
  let blind: Blindness[] = [];
  return {
    info,
    async start(recorder) {
      recorder.record({ type: "probe", ...info });
      const book = new StateBook(recorder, info.probe);
      const has = new Map<string, boolean | undefined>();
      const derive = () => {
        const { holder, holders, unseen } = holderOf(has);
        const note = unseen.length === 0 ? undefined : `not seen: ${unseen.join(", ")}`;
        book.set("holder", holder, note);
        book.set("holders", holders, note);
      };
      let complete = false;
      feeds = machines.map((machine) => {
        const blindness = new Blindness(recorder, info.probe, machine.name);
        blind.push(blindness);
        const see = (value: boolean | undefined) => {
          has.set(machine.name, value);
          if (value === undefined) blindness.lost("the machine is not seen");
          else {
            blindness.seen();
            book.set(machine.name, value);
          }
          if (complete) derive();
        };
        return followMachine({
          machine,
          power,
          script: vipScript(address, tickMs),
          silenceMs,
          onLine: (line) => {
            see(line === "1");
          },
          onLost: (state) => {
            see(withoutSight(state));
          },
        });
      });
      await Promise.all(feeds.map((each) => each.first));
      complete = true;
      derive();
    },
    async stop() {
      await Promise.all(feeds.map((each) => each.stop()));
      for (const each of blind) each.stop();
      blind = [];
    },
  };
}

/** Without power there is no address; a frozen or unreachable machine may well have it. */
function withoutSight(state: PowerState | undefined): false | undefined {
  return state === "off" || state === "missing" ? false : undefined;
}

/** Holder and number of holders among the machines that are seen. Names in order. */
export function holderOf(has: ReadonlyMap<string, boolean | undefined>): {
  holder: string | null;
  holders: number;
  unseen: string[];
} {
  const named = (value: boolean | undefined) =>
    [...has]
      .filter(([, has]) => has === value)
      .map(([name]) => name)
      .sort();
  const holding = named(true);
  return {
    holder: holding.length === 0 ? null : holding.join("+"),
    holders: holding.length,
    unseen: named(undefined),
  };
}

/**
 * Says 1 or 0 at every tick and whenever the kernel reports a change of any address. One loop does all the looking, so
 * that an older answer cannot overtake a newer one.
 */
function vipScript(address: string, tickMs: number): string {
  return `
{ echo now; ip -4 -o monitor address & while sleep ${String(tickMs / 1000)}; do echo tick; done; } | while read -r _; do
  case "$(ip -4 -o address show to ${address})" in
    *inet*) echo 1 ;;
    *) echo 0 ;;
  esac
done`;
}
