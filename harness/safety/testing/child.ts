// Starts the holder process and kills it with SIGKILL, by its own pid.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export interface Holder {
  pid: number;
  kill(): Promise<void>;
}

export async function startHolder(options: { phase: string; lab: string; marker: string }): Promise<Holder> {
  const script = join(import.meta.dirname, "holder.ts");
  const child = spawn(process.execPath, [script, options.phase, options.lab, options.marker], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = once(child, "exit");
  const said = await Promise.race([once(child.stdout, "data"), gone]);
  if (String(said[0]) !== "here\n") throw new Error("the holder process ended before its phase");
  return {
    pid: child.pid ?? 0,
    async kill() {
      child.kill("SIGKILL");
      await gone;
    },
  };
}
