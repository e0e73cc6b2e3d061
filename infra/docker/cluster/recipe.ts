// What a lab is made from besides its machine image: a golden state of another recipe is not this kubedrill's lab.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { totalmem } from "node:os";
import { join } from "node:path";
import { initConfig, joinConfig } from "./config/kubeadm.ts";
import type { LabLayout } from "./layout.ts";
import { machineFiles } from "./machine-files.ts";

const addonsDir = join(import.meta.dirname, "..", "..", "addons");

/** Stand-ins for what is new in every lab. */
const keys = { host: { privateKey: "", publicKey: "" }, authorized: "" };
const secrets = { token: "", certificateKey: "" };

/** sha256, hex, of the files that would be put on the machines today and of the add-ons' manifests. */
export async function recipeOf(layout: LabLayout): Promise<string> {
  const names = (await readdir(addonsDir)).filter((name) => name.endsWith(".yaml")).sort();
  const addons = await Promise.all(names.map((name) => readFile(join(addonsDir, name), "utf8")));
  const machines = layout.machines.map((each) => [
    machineFiles(layout, each, keys, totalmem()),
    joinConfig(each, secrets),
  ]);
  return createHash("sha256")
    .update(JSON.stringify([initConfig(layout, secrets), machines, addons]))
    .digest("hex");
}
