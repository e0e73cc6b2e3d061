// A real sshd on a loopback port, with its own keys and configuration; ended by its pid.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { freePort } from "../../base/testing/free-port.ts";
import { until } from "../../base/until.ts";

export interface TestSshd {
  folder: string;
  port: number;
  /** Of the listener while it runs. */
  pid(): number;
  start(): Promise<void>;
  /** Ends the listener and every session that it has open, as a power cut does. */
  stop(): Promise<void>;
  remove(): Promise<void>;
}

/** Keys in `folder`: host, other-host, user (authorized), stranger. Not started yet. */
export async function testSshd(): Promise<TestSshd> {
  const folder = await mkdtemp(join(tmpdir(), "kubedrill-sshd-"));
  for (const key of ["host", "other-host", "user", "stranger"])
    await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, key)]);
  await writeFile(join(folder, "authorized"), await readFile(join(folder, "user.pub")));
  const port = await freePort();
  let daemon: ChildProcess | undefined;
  const stop = async () => {
    if (daemon?.pid === undefined) return;
    const sessions = (await childrenOf(daemon.pid)).split(/\s+/).filter((each) => each !== "");
    const ended = once(daemon, "exit");
    process.kill(daemon.pid, "SIGKILL");
    await ended;
    daemon = undefined;
    for (const session of sessions) if (isRunning(Number(session))) process.kill(Number(session), "SIGKILL");
  };
  return {
    folder,
    port,
    pid: () => daemon?.pid ?? 0,
    async start() {
      daemon = await startDaemon(folder, port);
    },
    stop,
    async remove() {
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}

async function startDaemon(folder: string, port: number): Promise<ChildProcess> {
  await writeFile(
    join(folder, "config"),
    [
      `Port ${String(port)}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${folder}/host`,
      `PidFile ${folder}/pid`,
      `AuthorizedKeysFile ${folder}/authorized`,
      "StrictModes no",
      "UsePAM no",
      "PasswordAuthentication no",
    ].join("\n"),
  );
  // Only sshd started by root needs it; Debian makes it at boot, which a container does not have.
  if (process.getuid?.() === 0) await mkdir("/run/sshd", { recursive: true });
  const started = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", join(folder, "config")], { stdio: "ignore" });
  const failed = once(started, "error").then(([error]: unknown[]) => {
    throw new Error("sshd cannot be started; install openssh-server", { cause: error });
  });
  await Promise.race([
    failed,
    until(() => answers(port), { what: "sshd to listen", timeoutMs: 10_000, intervalMs: 50 }),
  ]);
  return started;
}

export async function childrenOf(pid: number): Promise<string> {
  return (await readFile(`/proc/${String(pid)}/task/${String(pid)}/children`, "utf8").catch(() => "")).trim();
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "data", { signal: AbortSignal.timeout(1000) });
    return true;
  } finally {
    socket.destroy();
  }
}
