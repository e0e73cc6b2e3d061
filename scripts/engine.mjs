// The container engine: started when it is not running, because a fresh installation without systemd does not start it.
import { performance } from "node:perf_hooks";
import { spawn } from "node:child_process";
import { existsSync, openSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { run } from "./children.mjs";

const logPath = "/var/log/kubedrill-dockerd.log";
const startTimeoutMs = 90_000;

/** @returns {Promise<string | undefined>} undefined once it answers, or the message that says why it does not */
export async function ensureEngine() {
  if (await engineAnswers()) return undefined;
  if (process.env.DOCKER_HOST !== undefined)
    return `The container engine at DOCKER_HOST=${process.env.DOCKER_HOST} does not answer; start it, or unset DOCKER_HOST.`;
  const byService = existsSync("/run/systemd/system");
  console.log(
    byService
      ? "starting the container engine (systemctl start docker)"
      : `starting the container engine (dockerd, log in ${logPath}); it stays on until you end it: kill $(cat /run/docker.pid)`,
  );
  if (byService) await run("systemctl", ["start", "docker"], { timeoutMs: startTimeoutMs, quiet: true });
  else startDetached();
  const deadline = performance.now() + startTimeoutMs;
  while (performance.now() < deadline) {
    if (await engineAnswers()) return undefined;
    await pause(500);
  }
  return `The container engine did not start within ${String(startTimeoutMs / 1000)} s; see ${byService ? "journalctl -u docker" : logPath}.`;
}

/** Whether the engine answers its client. */
async function engineAnswers() {
  const result = await run("docker", ["version", "--format", "{{.Server.Version}}"], {
    timeoutMs: 10_000,
    quiet: true,
  });
  return result.code === 0;
}

/** In a session of its own, so that no signal of ours reaches it. */
function startDetached() {
  const log = openSync(logPath, "a", 0o600);
  const child = spawn("dockerd", [], { detached: true, stdio: ["ignore", log, log] });
  child.on("error", (error) => console.error(`dockerd: ${error.message}`));
  child.unref();
}
