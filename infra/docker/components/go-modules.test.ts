import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { goBuildOf } from "./go-modules.ts";
import { programGroups } from "./programs.ts";
import { kubernetesMinors, versionsOf } from "./versions.ts";

const releases = kubernetesMinors.map(versionsOf).filter((each) => each !== undefined);
const groups = releases.flatMap(programGroups).filter((group) => group.name !== "pause");

describe.each(groups)("the Go module of $name $version", (group) => {
  const build = goBuildOf(group);
  const goMod = () => readFile(join(build.directory, "go.mod"), "utf8");

  it("pins the version that versions.ts names", async () => {
    // Pinned either as a requirement or, for a module that has moved, as the target of a replacement.
    const major = String.raw`(?:/v\d+)?`;
    const root = (build.packages[0]?.[1] ?? "").split("/").slice(0, 3).join("/");
    const path = root.startsWith("k8s.io")
      ? "k8s.io/kubernetes"
      : root.startsWith("sigs.k8s.io")
        ? "sigs.k8s.io/metrics-server"
        : root;
    const pinned = new RegExp(
      `${path.replaceAll(".", String.raw`\.`)}\\S*?${major} v${group.version.replaceAll(".", String.raw`\.`)}`,
    );
    const expected =
      group.name === "cri-tools" ? new RegExp(`=> sigs\\.k8s\\.io/cri-tools v${group.version}`) : pinned;
    expect(await goMod()).toMatch(expected);
  });

  it("declares every program as a tool, so that go.sum covers all that it needs", async () => {
    const text = await goMod();
    for (const [, path] of build.packages) expect(text).toMatch(new RegExp(`^\\s*(tool )?${path}$`, "m"));
  });

  it("builds each program of the group", () => {
    expect(build.packages.map(([name]) => name)).toEqual([...group.programs]);
  });
});
