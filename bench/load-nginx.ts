// nginx as the target of `bench load`, where it is installed: what people point ab at, and light enough that the tools are
// the limit. One worker, in a folder of its own, on a port that was free.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { request } from "undici";
import { until } from "../harness/base/until.ts";
import { findCommand } from "../scripts/requirements.mjs";

const body = "x".repeat(612);

/** @returns null when it is not installed */
export async function startNginx() {
  const program = findCommand("nginx");
  if (program === undefined) return null;
  const folder = await mkdtemp(join(tmpdir(), "kubedrill-bench-"));
  const port = await freePort();
  const file = join(folder, "nginx.conf");
  await writeFile(
    file,
    `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/errors;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 100000000; server { listen 127.0.0.1:${String(port)} backlog=1024; location / { return 200 "${body}"; } } }
`,
  );
  const running = execa(program, ["-c", file, "-p", folder], { reject: false });
  const url = `http://127.0.0.1:${String(port)}`;
  await until(async () => (await request(url, { signal: AbortSignal.timeout(1000) })).statusCode === 200, {
    what: "nginx to answer",
    timeoutMs: 10_000,
  });
  return {
    name: "nginx",
    front: { url, path: "/", host: null },
    async end() {
      running.kill();
      await running;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
