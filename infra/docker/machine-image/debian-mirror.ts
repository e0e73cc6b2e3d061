// Which mirror the machines' Debian packages come from: the one that this host itself uses.
import { execa } from "execa";

/**
 * The mirror of a Debian host, as apt is configured; `undefined` on other systems, where debootstrap's own default is
 * right.
 */
export async function debianMirror(): Promise<string | undefined> {
  const { stdout, failed } = await execa(
    "apt-get",
    ["indextargets", "--format", "$(ORIGIN)|$(LABEL)|$(REPO_URI)", "Created-By: Packages"],
    { reject: false, timeout: 20_000 },
  );
  return failed ? undefined : mirrorIn(stdout);
}

/** The first repository of lines `origin|label|address` that is Debian's main archive. */
export function mirrorIn(lines: string): string | undefined {
  const fields = lines.split("\n").map((line) => line.split("|"));
  return fields.find(([origin, label]) => origin === "Debian" && label === "Debian")?.[2];
}
