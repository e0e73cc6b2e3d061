// What the command line hands to the drill thread.
import type { LabFile } from "../lab/lab-file.ts";
import type { Plan } from "./plan-file.ts";

export interface RunRequest {
  runId: string;
  runDirectory: string;
  lab: LabFile;
  plan: Plan;
  /** Something was healed right before: the first drill must wait as after a drill of its own. */
  healed: boolean;
  run: { seed: number; kubedrillVersion: string; host: string; arguments: string[] };
}

/** Threads of one run hear of an interruption here. */
export const abortChannel = "kubedrill-abort";

declare module "vitest" {
  interface ProvidedContext {
    kubedrill: RunRequest;
  }
}
