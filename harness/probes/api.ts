// The API as a client has it: one endpoint (the VIP, or one API server by its own address), one verb, one kind of
// connection. A read is a GET of one object without resourceVersion, which the API server answers from etcd with
// quorum (k8s.io/apiserver cacher: only requests with a resourceVersion are answered from its cache).
import type { ApiCredentials, ApiEndpoint } from "../kube/access.ts";
import { AttemptError } from "./attempt-error.ts";
import { connect, type Connection } from "./connection.ts";
import type { Probe } from "./probe.ts";
import { tlsTarget, type Answer, type Target } from "./request.ts";
import { samplingProbe } from "./ticker.ts";

export interface ApiProbeOptions {
  endpoint: ApiEndpoint;
  credentials: ApiCredentials;
  connection: Connection;
  tickMs: number;
  timeoutMs: number;
  phaseMs?: number;
  /** A client that waits as long as it takes: shows whether errors come in bounded time. */
  patient?: boolean;
}

/** An object that every cluster has; small. */
const readPath = "/api/v1/namespaces/kube-system";

/** Linearizable reads. Good is status 200. Id: "api.<vip|machine>.read.<fresh|kept|patient>". */
export function apiReadProbe(options: ApiProbeOptions): Probe {
  const client = connect(apiTarget(options), options.connection);
  const probe = samplingProbe(
    apiProbeInfo(options, "read"),
    async (signal) => {
      expectSuccess(
        await client.ask({ method: "GET", path: readPath, headers: { accept: "application/json" } }, signal),
      );
    },
    options.phaseMs,
    () => client.busy(),
  );
  return {
    ...probe,
    stop: async () => {
      await probe.stop();
      client.close();
    },
  };
}

export function apiTarget(options: Pick<ApiProbeOptions, "endpoint" | "credentials">): Target {
  const { host, port, serverName } = options.endpoint;
  return tlsTarget(host, port, serverName, options.credentials);
}

/** What both verbs declare: id, title, labels. */
export function apiProbeInfo(options: ApiProbeOptions, verb: "read" | "write"): Probe["info"] {
  const { endpoint, connection, tickMs, timeoutMs } = options;
  const via = endpoint.name === "vip" ? "through the VIP" : `on ${endpoint.name}`;
  const kind = options.patient === true ? "patient" : connection;
  const how = { fresh: "new connections", kept: "a kept connection", patient: "patient client" }[kind];
  return {
    probe: `api.${endpoint.name}.${verb}.${kind}`,
    title: `API ${verb} ${via}, ${how}`,
    group: "api",
    tickMs,
    timeoutMs,
    labels: {
      verb,
      via: endpoint.name,
      connection,
      ...(options.patient === true ? { patience: "long" } : {}),
    },
  };
}

/** @throws AttemptError "http <status>" for anything but 2xx */
export function expectSuccess(answer: Answer): void {
  if (answer.status < 200 || answer.status > 299) throw new AttemptError(`http ${String(answer.status)}`);
}
