// Typed clients and raw requests on one transport; also any other client-node API by `config.makeApiClient(X)`.
import {
  AppsV1Api,
  CoordinationV1Api,
  CoreV1Api,
  createConfiguration,
  KubeConfig,
  ResponseContext,
  ServerConfiguration,
  wrapHttpLibrary,
  type Configuration,
  type RequestContext,
} from "@kubernetes/client-node";
import { KubedrillError } from "../base/errors.ts";
import type { ApiCredentials, ApiEndpoint, KubeClients } from "./access.ts";
import { urlOf, type Transport, type TransportResponse } from "./transport.ts";

/** An answer of the API server that is no success; `status` is HTTP's. */
export class ApiRefusal extends KubedrillError {
  readonly status: number;

  constructor(endpoint: string, method: string, path: string, response: TransportResponse) {
    const target = path.split("?", 1)[0] ?? path;
    super(
      "inconclusive",
      `The API server (${endpoint}) answered ${method} ${target} with ${refusal(response)}.`,
    );
    this.status = response.status;
  }
}

/** @param timeoutMs limit of each typed request, from connecting to the last byte */
export function kubeClients(
  endpoint: ApiEndpoint,
  credentials: ApiCredentials,
  transport: Transport,
  timeoutMs: number,
): KubeClients {
  const config = new LimitedKubeConfig(endpoint, credentials, transport, timeoutMs);
  return {
    endpoint,
    config,
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    coordination: config.makeApiClient(CoordinationV1Api),
    async raw(method, path, options) {
      const headers: Record<string, string> = { accept: "application/json" };
      if (options.body !== undefined) headers["content-type"] = options.contentType ?? "application/json";
      const response = await transport.request({
        method,
        path,
        headers,
        body: options.body === undefined ? undefined : JSON.stringify(options.body),
        timeoutMs: options.timeoutMs,
      });
      if (response.status >= 200 && response.status < 300) return parsed(response);
      if (options.okStatus?.includes(response.status) === true) return undefined;
      throw new ApiRefusal(endpoint.name, method, path, response);
    },
  };
}

/** client-node's own makes a new connection pool for every request and sets no limit; this one does neither. */
class LimitedKubeConfig extends KubeConfig {
  readonly #configuration: Configuration;

  constructor(endpoint: ApiEndpoint, credentials: ApiCredentials, transport: Transport, timeoutMs: number) {
    super();
    const base64 = (pem: string) => Buffer.from(pem).toString("base64");
    this.loadFromClusterAndUser(
      {
        name: endpoint.name,
        server: urlOf(endpoint),
        caData: base64(credentials.ca),
        tlsServerName: endpoint.serverName,
        skipTLSVerify: false,
      },
      { name: "kubedrill", certData: base64(credentials.cert), keyData: base64(credentials.key) },
    );
    this.#configuration = createConfiguration({
      baseServer: new ServerConfiguration(urlOf(endpoint), {}),
      httpApi: wrapHttpLibrary({ send: (request) => viaTransport(transport, request, timeoutMs) }),
    });
  }

  override makeApiClient<T>(client: new (configuration: Configuration) => T): T {
    return new client(this.#configuration);
  }
}

async function viaTransport(
  transport: Transport,
  request: RequestContext,
  timeoutMs: number,
): Promise<ResponseContext> {
  const url = new URL(request.getUrl());
  const body = request.getBody();
  if (body !== undefined && typeof body !== "string")
    throw new TypeError("Only text bodies are sent to the API.");
  const response = await transport.request({
    method: request.getHttpMethod(),
    path: `${url.pathname}${url.search}`,
    headers: request.getHeaders(),
    body,
    timeoutMs,
    signal: request.getSignal(),
  });
  return new ResponseContext(response.status, response.headers, {
    text: () => Promise.resolve(response.body.toString()),
    binary: () => Promise.resolve(response.body),
    stream: () => new Blob([new Uint8Array(response.body)]).stream(),
  });
}

function parsed(response: TransportResponse): unknown {
  const text = response.body.toString();
  if (text === "") return undefined;
  return (response.headers["content-type"] ?? "").includes("json") ? (JSON.parse(text) as unknown) : text;
}

/** "404 NotFound: pods "x" not found": the API's Status object in words. */
function refusal(response: TransportResponse): string {
  const text = response.body.toString();
  const status = String(response.status);
  try {
    const { reason, message } = JSON.parse(text) as { reason?: string; message?: string };
    return `${status}${reason === undefined ? "" : ` ${reason}`}${message === undefined ? "" : `: ${message}`}`;
  } catch {
    return `${status}: ${text.slice(0, 200)}`;
  }
}
