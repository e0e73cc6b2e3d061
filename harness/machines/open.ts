// From a lab file's words to power. A new provider is one file and one line here.
import type { PowerSpec } from "../lab/lab-file.ts";
import { dockerPower } from "./docker.ts";
import type { MachinePower } from "./provider.ts";

/** @param machine what messages call it */
export function openPower(spec: PowerSpec, machine: string): MachinePower {
  return dockerPower(spec.container, machine);
}
