// How a script is wrapped so that it ends on the machine too: cutting the line to it does not end a remote process.

/** Programs of the system are found also where a non-interactive login leaves them out of the path. */
const setPath =
  "PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH; export LC_ALL=C";

/**
 * The script, ended by the machine itself one second after the caller has given up on it. A machine that was frozen
 * in between ends it when it thaws.
 */
export function boundedScript(script: string, timeoutMs: number): string {
  const seconds = Math.ceil(timeoutMs / 1000) + 1;
  return `${setPath}; exec timeout -k 1 ${String(seconds)} sh -c ${quoted(script)}`;
}

/**
 * The script on a leash: it runs in a session of its own, and all of that is ended when standard input closes, which
 * happens when the caller hangs up as well as when the connection dies.
 */
export function leashedScript(script: string): string {
  return [
    setPath,
    "exec 3<&0",
    `setsid sh -c ${quoted(script)} </dev/null 3<&- & child=$!`,
    "{ while read -r _; do :; done; kill -s TERM -- -$child; sleep 1; kill -s KILL -- -$child; } <&3 >/dev/null 2>&1 & leash=$!",
    "exec 3<&-",
    "wait $child; code=$?",
    "kill $leash 2>/dev/null",
    "exit $code",
  ].join("\n");
}

/** One word for a POSIX shell, whatever it contains. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
