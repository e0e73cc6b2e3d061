// Which lab a verb is about: `--lab FILE`, or the embedded lab by its name.
import { join, resolve } from "node:path";
import { labDir } from "../base/paths.ts";
import { readLabFile, type LabFile } from "../lab/lab-file.ts";

export const labOption = [
  "--lab <file>",
  "lab file of a cluster of yours; default: the embedded lab of --name",
] as const;
export const nameOption = ["--name <name>", "name of the embedded lab", "kubedrill"] as const;

export interface LabChoice {
  lab?: string;
  name: string;
}

/** @param lab the name of an embedded lab, or a path */
export function labFileOf(lab: string): string {
  return /[/\\.]/.test(lab) ? resolve(lab) : join(labDir(lab), "lab.yaml");
}

/** @throws KubedrillError (usage) when there is no such lab file or it is wrong */
export function chosenLab(choice: LabChoice): Promise<LabFile> {
  return readLabFile(choice.lab ?? join(labDir(choice.name), "lab.yaml"));
}
