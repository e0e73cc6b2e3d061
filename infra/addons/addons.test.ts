import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { imageNames } from "../docker/components/images.ts";
import { newestVersions } from "../docker/components/versions.ts";

const files = (await readdir(import.meta.dirname)).filter((name) => name.endsWith(".yaml"));

test.each(files)("%s is valid YAML and uses only images that are preloaded", async (name) => {
  const text = await readFile(join(import.meta.dirname, name), "utf8");
  for (const document of parseAllDocuments(text)) expect(document.errors).toEqual([]);
  const preloaded: string[] = Object.values(imageNames(newestVersions));
  for (const [, image = ""] of text.matchAll(/image: (\S+)/g)) expect(preloaded).toContain(image);
  expect(text).not.toContain("imagePullPolicy: Always");
});

test("all add-ons that the lab applies are there", () => {
  expect(files.toSorted()).toEqual(["coredns.yaml", "demo.yaml", "ingress.yaml", "metrics-server.yaml"]);
});
