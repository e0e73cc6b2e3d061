// The part of an API server that the writers need: ConfigMaps that can be made, merge-patched and read, over TLS with
// client certificates; and the ways in which it can misbehave.
import { once } from "node:events";
import { createServer } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestCertificates } from "../../kube/testing/certificates.ts";

export interface ConfigMapServer {
  port: number;
  /** `forget`: acknowledges writes and does not keep them; `hang`: takes requests and never answers. */
  patches: "work" | "forget" | "fail" | "hang";
  reads: "work" | "fail";
  /** Connections made so far. */
  connections: number;
  objects: Map<string, Record<string, string>>;
  /** Of the store; one more with each patch. */
  revision: number;
  close(): Promise<void>;
}

export async function configMapServer(certificates: TestCertificates): Promise<ConfigMapServer> {
  const { server: own } = certificates;
  const https = createServer({ ...own, requestCert: true, rejectUnauthorized: true }, (request, response) => {
    void answer(state, request, response);
  });
  const state: ConfigMapServer = {
    port: 0,
    patches: "work",
    reads: "work",
    connections: 0,
    objects: new Map(),
    revision: 0,
    async close() {
      https.closeAllConnections();
      https.close();
      await once(https, "close");
    },
  };
  https.on("secureConnection", () => {
    state.connections += 1;
  });
  https.listen(0, "127.0.0.1");
  await once(https, "listening");
  state.port = (https.address() as AddressInfo).port;
  return state;
}

async function answer(
  state: ConfigMapServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let text = "";
  request.setEncoding("utf8");
  for await (const part of request) text += String(part);
  const body = (text === "" ? {} : JSON.parse(text)) as {
    metadata?: { name?: string };
    data?: Record<string, string>;
  };
  const name = request.url?.split("/").at(-1) ?? "";
  const reply = (status: number, value: unknown) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  };
  if (request.method === "POST") {
    state.objects.set(body.metadata?.name ?? "", {});
    reply(201, {});
    return;
  }
  const object = state.objects.get(name);
  if (request.method === "GET" && state.reads === "fail") reply(500, { message: "etcdserver: no leader" });
  else if (request.method === "GET" && request.url === "/api/v1/namespaces/kube-system") reply(200, {});
  else if (object === undefined) reply(404, { message: "not found" });
  else if (request.method === "GET") reply(200, { data: object });
  else if (body.data === undefined || state.patches === "work") {
    state.revision += 1;
    const metadata = { resourceVersion: String(state.revision) };
    reply(200, { metadata, data: Object.assign(object, body.data) });
  } else if (state.patches === "forget") reply(200, {});
  else if (state.patches === "fail") reply(500, { message: "etcdserver: request timed out" });
}
