// The contract of a fault. A fault file holds only what is particular to that way of breaking something; order,
// ledger, marks and limits belong to the experiment. States of one injected fault:
//
//   ready ──inject──▶ injecting ──▶ active ──confirm──▶ confirmed
//                        │             │                    │
//                        └────────────┴───────heal─────────┴──▶ healing ──▶ healed
//                                                                  └──────▶ broken  (could not be put back)
//
// The ledger entry is on disk before `injecting`, and is closed only by `healed`.
import type { z } from "zod";
import type { World } from "../lab/world.ts";
import type { PowerOperation } from "../machines/provider.ts";
import type { FactEvent, FaultEvent } from "../timeline/events.ts";

/** Notes something that a fault found out while it was injected; stands in the timeline as "<name in the drill>.<name>". */
export type Say = (name: string, value: FactEvent["value"]) => void;

export interface FaultKind<Args> {
  /** As in reports and ledger: "machine.power-cut". */
  kind: string;
  band: FaultEvent["band"];
  /** Arguments survive in the ledger as JSON; heal gets exactly those that inject got. */
  args: z.ZodType<Args>;
  /** Power operations that each targeted machine must have. */
  requires: readonly PowerOperation[];
  /** Names of what is broken. */
  targets(args: Args): string[];
  title(args: Args): string;
  /** How long breaking it may take; default: a minute. */
  injectLimitMs?(args: Args): number;
  /** Breaks it. */
  inject(world: World, args: Args, signal: AbortSignal, say?: Say): Promise<void>;
  /** Looks whether it really is broken, changing nothing; returns what was seen. @throws when it is not broken. */
  confirm(world: World, args: Args, signal: AbortSignal): Promise<string>;
  /** True: what is broken are objects of the API, so that healing waits for an API server. */
  needsApi?: boolean;
  /** How long putting it back may take; default: a minute and a half. */
  healLimitMs?: number | undefined;
  /** Puts it back. Idempotent; works from any state, also when inject never ran; unless `needsApi`, with no API server. */
  heal(world: World, args: Args, signal: AbortSignal): Promise<void>;
  /** Looks whether it really is put back, where that is more than machines that run. @throws when it is not */
  confirmHealed?(world: World, args: Args): Promise<void>;
  /** What a person would type to heal it, one command a line. */
  byHand(world: World, args: Args): string[];
}

/** A fault with its arguments, as a drill writes it: `powerCut([cp1])`. */
export interface Fault {
  kind: string;
  args: unknown;
}
