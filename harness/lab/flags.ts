// Command-line flags and Go durations as Kubernetes and etcd components take them.

/** The value of `--name=value` or `--name value`; a flag without a value is "true". The last one wins. */
export function flag(command: readonly string[], name: string): string | undefined {
  for (let index = command.length - 1; index >= 0; index -= 1) {
    const word = command[index] ?? "";
    if (word.startsWith(`--${name}=`)) return word.slice(name.length + 3);
    if (word !== `--${name}`) continue;
    const next = command[index + 1];
    return next === undefined || next.startsWith("--") ? "true" : next;
  }
  return undefined;
}

/** A Go duration ("1m30s", "500ms") in milliseconds, or undefined when it is none. */
export function goDurationMs(text: string | undefined): number | undefined {
  if (text === undefined || !/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
  const units: Record<string, number> = {
    ns: 1e-6,
    us: 1e-3,
    µs: 1e-3,
    ms: 1,
    s: 1000,
    m: 60_000,
    h: 3_600_000,
  };
  let total = 0;
  for (const [, number = "0", unit = "s"] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g))
    total += Number(number) * (units[unit] ?? 0);
  return total;
}
