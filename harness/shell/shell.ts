// The shell port: commands on a machine, without any Kubernetes component in between.

export interface RunOptions {
  timeoutMs: number;
  /** Sent to standard input, which is then closed. */
  stdin?: string;
  signal?: AbortSignal | undefined;
  /** Exit codes that are not an error; default [0]. */
  okExitCodes?: readonly number[];
}

export interface RunResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface StreamOptions {
  signal: AbortSignal;
  onLine: (line: string) => void;
  /** Ends the stream with an error when no line came for so long. */
  silenceMs: number;
}

export interface Shell {
  /** Runs a script with `sh -c` as root. @throws KubedrillError with command, exit code and last lines. */
  run(script: string, options: RunOptions): Promise<RunResult>;
  /** Runs a script and hands over each line of its output; resolves when aborted, throws when the stream breaks. */
  stream(script: string, options: StreamOptions): Promise<void>;
  /** Bytes of a file on the machine. */
  readFile(path: string, options: RunOptions): Promise<Buffer>;
  close(): Promise<void>;
}
