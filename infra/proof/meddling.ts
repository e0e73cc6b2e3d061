// What controls do on the machines behind kubedrill's back: a tool that does something else, a hand that takes data away.
import type { World } from "../../harness/lab/world.ts";
import { onMachines } from "./kubedrill.ts";

/**
 * A tool of the machines does something else while `work` runs: `script` is called in its place, and finds the real one
 * in $real.
 */
export async function withTool(
  world: World,
  names: readonly string[],
  { tool, script }: { tool: string; script: string },
  work: () => Promise<void>,
): Promise<void> {
  const wrapper = `/usr/local/sbin/${tool}`;
  const on = (text: string) =>
    Promise.all(names.map((name) => world.machine(name).shell.run(text, { timeoutMs: 10_000 })));
  const put = `set -eu; test ! -e ${wrapper}; real=$(command -v ${tool})
{ echo '#!/bin/sh'; echo "real=$real"; cat <<'END_OF_TOOL'
${script}
END_OF_TOOL
} > ${wrapper}; chmod +x ${wrapper}`;
  try {
    await on(put);
    await work();
  } finally {
    await on(`rm -f ${wrapper}`);
  }
}

/** For `withTool`: who types the restore gives the restored folder to the wrong user. */
export const withWrongOwner = {
  tool: "chown",
  script: `case "$*" in
  *--reference*restored*) for last; do :; done; exec $real -R nobody:nogroup "$last" ;;
  *) exec $real "$@" ;;
esac`,
};

/** For `withTool`: calls the real tool without these options and their values. */
export function without(options: { withValue?: readonly string[]; flags?: readonly string[] }): string {
  const cases = [
    ...(options.withValue ?? []).map((each) => `    ${each}) shift; count=$((count - 1)) ;;`),
    ...(options.flags ?? []).map((each) => `    ${each}) ;;`),
  ];
  return `count=$#
while [ $count -gt 0 ]; do
  given=$1; shift; count=$((count - 1))
  case "$given" in
${cases.join("\n")}
    *) set -- "$@" "$given" ;;
  esac
done
exec $real "$@"`;
}

const unit = "kubedrill-proof-meddler";
/** Ten looks a second for five minutes. */
const looks = 3000;

/** On every machine of these, `step` is done ten times a second while `work` runs; it says `exit` when it has done enough. */
export async function withMeddler(
  world: World,
  names: readonly string[],
  step: string,
  work: () => Promise<void>,
): Promise<void> {
  const script = `for i in $(seq ${String(looks)}); do ${step}; sleep 0.1; done`;
  await onMachines(world, names, `systemd-run --quiet --collect --unit=${unit} sh -c '${script}'`);
  try {
    await work();
  } finally {
    await onMachines(world, names, `systemctl stop ${unit} 2>/dev/null || true`);
  }
}
