// Velero on the embedded lab, with the plugin for S3 and an S3-compatible store to write to.
import { execa } from "execa";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Addition, Place } from "../add.ts";

const plugin = "velero-plugin-for-aws";
const vmware = "github.com/vmware-tanzu";

export const velero: Addition = {
  name: "velero",
  namespace: "velero",
  modules: [
    {
      directory: join(import.meta.dirname, "go"),
      packages: [
        ["velero", `${vmware}/velero/cmd/velero`],
        [plugin, `${vmware}/${plugin}/${plugin}`],
      ],
      stamps: { [`${vmware}/velero/pkg/buildinfo.Version`]: "v1.18.3" },
    },
    {
      directory: join(import.meta.dirname, "..", "..", "s3", "versitygw-1.8.0"),
      packages: [["versitygw", "github.com/versity/versitygw/cmd/versitygw"]],
    },
  ],
  places: { [plugin]: `plugins/${plugin}` },
  definitions,
  objects,
  waitFor: () => [
    "--for=jsonpath={.status.phase}=Available",
    "backupstoragelocation/default",
    "--namespace=velero",
  ],
};

/** As Velero itself would install them; it asks no cluster for that. */
async function definitions(folder: string): Promise<string> {
  const { stdout } = await execa(
    join(folder, "velero"),
    ["install", "--crds-only", "--dry-run", "--output=yaml"],
    { timeout: 60_000 },
  );
  return stdout;
}

async function objects({ node, image, ask }: Place): Promise<string> {
  const manifest = await readFile(join(import.meta.dirname, "velero.yaml"), "utf8");
  const values = {
    NODE: node,
    IMAGE: image,
    ACCESS_KEY: await keyOf(ask, "ROOT_ACCESS_KEY"),
    SECRET_KEY: await keyOf(ask, "ROOT_SECRET_KEY"),
  };
  return Object.entries(values).reduce((text, [key, value]) => text.replaceAll(`@${key}@`, value), manifest);
}

/** What the store was started with, or something new. */
async function keyOf(ask: Place["ask"], key: string): Promise<string> {
  const found = await ask([
    "get",
    "secret",
    "store",
    "--namespace=velero",
    "--ignore-not-found",
    `--output=jsonpath={.data.${key}}`,
  ]);
  return found === "" ? randomBytes(16).toString("hex") : Buffer.from(found, "base64").toString("utf8");
}
