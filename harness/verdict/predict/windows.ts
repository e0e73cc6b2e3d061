// The stretches that predictions speak of, by the marks that every experiment sets.
import type { Window } from "../expectation.ts";

/** Name of the fault in drills with one fault; its marks are "outage.inject", "outage.heal" and so on. */
const faultName = "outage";

/** From the order to break it until healing begins. */
export const during: Window = { from: `${faultName}.inject`, to: `${faultName}.heal` };

/** From the moment when the fault had fully taken effect: nothing that it stops may happen any more. */
export const onceBroken: Window = { from: `${faultName}.injected`, to: `${faultName}.heal` };

/** From the order to put it back to the end of the drill. */
export const afterwards: Window = { from: `${faultName}.heal`, to: "end" };

/** From the order to put it back until a pod is deleted on purpose: what comes back, and what does not, by itself. */
export const untilReplacedAgain: Window = { from: `${faultName}.heal`, to: "replacing" };
/** From the steady state on: also what comes before anything is broken. */
export const fromSteady: Window = { from: "steady" };

/** From the fault on; also what is read back only after its end. */
export const throughout: Window = { from: `${faultName}.inject` };

/** Until a pod is deleted on purpose, to see that it is replaced. */
export const untilReplaced: Window = { from: `${faultName}.inject`, to: "replacing" };
