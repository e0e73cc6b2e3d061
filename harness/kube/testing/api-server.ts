// The part of an API server that tests need: one collection of objects with list (paged), watch, bookmarks and an
// expiring history, over TLS with HTTP/2 and HTTP/1.1.
import { once } from "node:events";
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { Socket } from "node:net";
import type { TestCertificates } from "./certificates.ts";

interface StoredObject {
  metadata: { uid: string; name: string; resourceVersion: string };
  data: string;
}

interface HistoryEvent {
  version: number;
  type: "ADDED" | "MODIFIED" | "DELETED";
  object: StoredObject;
}

export interface TestApiServer {
  port: number;
  /** What was asked, in order: method, path and query. */
  requests: string[];
  put(name: string, data: string): void;
  remove(name: string): void;
  /** Forgets the history: watches from an older version get 410. */
  compact(): void;
  bookmark(): void;
  /** Ends every running watch in order, as a server does after its time. */
  endWatches(): void;
  /** What consistent reads answer from now on; watches are not touched. */
  reads: "work" | "fail" | "hang";
  close(): Promise<void>;
}

export async function testApiServer(certificates: TestCertificates): Promise<TestApiServer> {
  const objects = new Map<string, StoredObject>();
  const watchers = new Set<Http2ServerResponse>();
  const sockets = new Set<Socket>();
  let history: HistoryEvent[] = [];
  let version = 1000;
  let oldest = version;
  let made = 0;

  const send = (response: Http2ServerResponse, type: string, object: unknown) =>
    response.write(`${JSON.stringify({ type, object })}\n`);
  const store = (type: HistoryEvent["type"], object: StoredObject) => {
    history.push({ version, type, object });
    for (const watcher of watchers) send(watcher, type, object);
  };
  const watch = (response: Http2ServerResponse, from: number) => {
    response.writeHead(200, { "content-type": "application/json" });
    if (from < oldest) {
      send(response, "ERROR", { kind: "Status", code: 410, message: "too old resource version" });
      response.end();
      return;
    }
    for (const event of history) if (event.version > from) send(response, event.type, event.object);
    watchers.add(response);
    response.on("close", () => watchers.delete(response));
  };
  const list = (response: Http2ServerResponse, query: URLSearchParams) => {
    if (server.reads === "hang") return;
    const limit = Number(query.get("limit") ?? objects.size);
    const from = Number(query.get("continue") ?? 0);
    const more = from + limit < objects.size;
    response.writeHead(server.reads === "fail" ? 500 : 200, { "content-type": "application/json" });
    const metadata = {
      resourceVersion: String(version),
      ...(more ? { continue: String(from + limit) } : {}),
    };
    const body = { metadata, items: [...objects.values()].slice(from, from + limit) };
    response.end(JSON.stringify(server.reads === "fail" ? { message: "etcdserver: no leader" } : body));
  };
  const handle = (request: Http2ServerRequest, response: Http2ServerResponse) => {
    const url = new URL(request.url, "https://kubernetes");
    server.requests.push(`${request.method} ${request.url}`);
    if (url.pathname === "/slow") return;
    if (url.pathname !== "/api/v1/things") {
      response.writeHead(404, { "content-type": "application/json" });
      response.end(JSON.stringify({ reason: "NotFound", message: `${url.pathname} not found` }));
    } else if (url.searchParams.has("watch"))
      watch(response, Number(url.searchParams.get("resourceVersion")));
    else list(response, url.searchParams);
  };

  const listener = createSecureServer(
    { ...certificates.server, allowHTTP1: true, requestCert: true, rejectUnauthorized: true },
    handle,
  );
  listener.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  const server: TestApiServer = {
    port: typeof address === "object" && address !== null ? address.port : 0,
    requests: [],
    reads: "work",
    put(name, data) {
      version += 1;
      const known = objects.get(name);
      const uid = known?.metadata.uid ?? `uid-${String((made += 1))}`;
      const object = { metadata: { uid, name, resourceVersion: String(version) }, data };
      objects.set(name, object);
      store(known === undefined ? "ADDED" : "MODIFIED", object);
    },
    remove(name) {
      const known = objects.get(name);
      if (known === undefined) throw new Error(`no ${name}`);
      version += 1;
      objects.delete(name);
      store("DELETED", { ...known, metadata: { ...known.metadata, resourceVersion: String(version) } });
    },
    compact() {
      version += 1;
      oldest = version;
      history = [];
    },
    bookmark() {
      for (const watcher of watchers)
        send(watcher, "BOOKMARK", { metadata: { resourceVersion: String(version) } });
    },
    endWatches() {
      for (const watcher of watchers) watcher.end();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      const closed = once(listener, "close");
      listener.close();
      await closed;
    },
  };
  return server;
}
