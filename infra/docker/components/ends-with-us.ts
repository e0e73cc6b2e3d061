// Helper processes that write into the cache must not outlive us: the next run would work in the same folders.

/** `execa(...endsWithUs(command, args), options)`: the kernel kills the command as soon as this process is gone. */
export function endsWithUs(command: string, args: readonly string[]): ["setpriv", string[]] {
  return ["setpriv", ["--pdeathsig", "KILL", command, ...args]];
}
