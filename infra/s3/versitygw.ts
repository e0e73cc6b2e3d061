// A real S3-compatible store on this host's loopback, for tests: versitygw, built once from its pinned Go module.
import { execa } from "execa";
import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { cacheDir } from "../../harness/base/paths.ts";
import { freePort } from "../../harness/base/testing/free-port.ts";
import { until } from "../../harness/base/until.ts";
import { ensureDirectory } from "../docker/components/cache-directory.ts";

const version = "1.8.0";
const moduleDir = join(import.meta.dirname, `versitygw-${version}`);
const buildLimitMs = 30 * 60_000;

export interface S3Server {
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  stop(): Promise<void>;
}

/** @param folder where it keeps what is stored */
export async function startS3Server(folder: string): Promise<S3Server> {
  const program = join(await ensureVersitygw(), "versitygw");
  const credentials = {
    accessKeyId: `test${randomBytes(6).toString("hex")}`,
    secretAccessKey: randomBytes(24).toString("hex"),
  };
  const port = await freePort();
  await mkdir(folder, { recursive: true });
  const server = execa(program, ["--port", `127.0.0.1:${String(port)}`, "--quiet", "posix", folder], {
    env: { ROOT_ACCESS_KEY: credentials.accessKeyId, ROOT_SECRET_KEY: credentials.secretAccessKey },
    stdin: "ignore",
    stdout: "ignore",
    reject: false,
  });
  const endpoint = `http://127.0.0.1:${String(port)}`;
  const answers = () =>
    fetch(endpoint, { signal: AbortSignal.timeout(1000) }).then(
      () => true,
      () => false,
    );
  try {
    await until(answers, { what: "the S3 server to answer", timeoutMs: 20_000, intervalMs: 100 });
  } catch (error) {
    server.kill();
    throw error;
  }
  return {
    endpoint,
    credentials,
    async stop() {
      server.kill();
      await server;
    },
  };
}

async function ensureVersitygw(): Promise<string> {
  const folder = join(cacheDir(), "test", `versitygw-${version}`);
  await ensureDirectory(folder, async (into) => {
    const flags = ["-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags", "-s -w"];
    await execa("go", ["build", ...flags, "-o", `${into}/`, "github.com/versity/versitygw/cmd/versitygw"], {
      cwd: moduleDir,
      env: { CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" },
      timeout: buildLimitMs,
    });
  });
  return folder;
}
