// Ways to the API: through the VIP, and to each API server by its own address. Both are the same to their users.
import type { AppsV1Api, CoordinationV1Api, CoreV1Api, KubeConfig } from "@kubernetes/client-node";

export interface ApiEndpoint {
  /** "vip", or the name of the machine whose API server this is. */
  name: string;
  host: string;
  port: number;
  /** Name to verify in the server's certificate when it is not the host. */
  serverName: string;
}

/** PEM texts of a cluster administrator. Never logged. */
export interface ApiCredentials {
  ca: string;
  cert: string;
  key: string;
}

export interface KubeClients {
  endpoint: ApiEndpoint;
  config: KubeConfig;
  core: CoreV1Api;
  apps: AppsV1Api;
  coordination: CoordinationV1Api;
  /** GET/POST/… of a raw API path, JSON in and out, with a limit. @throws KubedrillError with status and reason. */
  raw(
    method: string,
    path: string,
    options: {
      timeoutMs: number;
      body?: unknown;
      contentType?: string;
      /** Statuses besides 2xx that are no error, e.g. [404]; the answer is then `undefined`. */
      okStatus?: readonly number[];
    },
  ): Promise<unknown>;
}

export interface KubeAccess {
  credentials: ApiCredentials;
  /** The VIP first (when the lab has one), then every API server. */
  endpoints: ApiEndpoint[];
  /** Clients for an endpoint by its name; every request has a limit of `timeoutMs` (default 10 s). */
  via(endpoint: string, timeoutMs?: number): KubeClients;
  /** The way that a user has: the VIP, or the first API server where there is none. */
  readonly main: KubeClients;
}
