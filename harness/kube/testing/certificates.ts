// Throw-away certificates for tests: an authority, a server called "kubernetes" as every API server is, a client.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { ApiCredentials } from "../access.ts";

export interface TestCertificates {
  server: { ca: string; cert: string; key: string };
  client: ApiCredentials;
}

export async function testCertificates(): Promise<TestCertificates> {
  const folder = await mkdtemp(join(tmpdir(), "kubedrill-certs-"));
  const openssl = (line: string) => execa("openssl", line.split(" "), { cwd: folder, timeout: 20_000 });
  const newKey = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";
  const signed = "-CA ca.crt -CAkey ca.key";
  try {
    await openssl(`req -x509 ${newKey} -subj /CN=test-ca -keyout ca.key -out ca.crt`);
    await openssl(
      `req -x509 ${newKey} ${signed} -subj /CN=apiserver -addext subjectAltName=DNS:kubernetes -keyout server.key -out server.crt`,
    );
    await openssl(
      `req -x509 ${newKey} ${signed} -subj /O=system:masters/CN=admin -keyout client.key -out client.crt`,
    );
    const read = (name: string) => readFile(join(folder, name), "utf8");
    const ca = await read("ca.crt");
    return {
      server: { ca, cert: await read("server.crt"), key: await read("server.key") },
      client: { ca, cert: await read("client.crt"), key: await read("client.key") },
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
