// One HTTP request as lean as Node can: verified TLS from parsed-once credentials, a small answer, errors as they come.
import * as http from "node:http";
import * as https from "node:https";
import { isIP } from "node:net";
import { checkServerIdentity, createSecureContext, type ConnectionOptions } from "node:tls";
import type { ApiCredentials } from "../kube/access.ts";
import { NotSentError } from "./attempt-error.ts";

/** Where to: TLS with verification, or plain when `tls` is absent. */
export interface Target {
  host: string;
  port: number;
  tls?: ConnectionOptions;
}

export interface Ask {
  method: "GET" | "POST" | "PATCH";
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

export interface Answer {
  status: number;
  body: string;
}

/** Answers longer than this are cut off and fail: a probe asks for small things. */
const answerLimitBytes = 1 << 20;

/**
 * A target by TLS; the credentials are parsed once, here.
 * @param serverName the name (or address) that the server's certificate must be for
 */
export function tlsTarget(
  host: string,
  port: number,
  serverName: string,
  credentials: ApiCredentials,
): Target {
  const secureContext = createSecureContext(credentials);
  // An address cannot be asked for by SNI, but it can be verified.
  const named: ConnectionOptions =
    isIP(serverName) === 0
      ? { servername: serverName }
      : { servername: "", checkServerIdentity: (_, cert) => checkServerIdentity(serverName, cert) };
  return { host, port, tls: { secureContext, rejectUnauthorized: true, ...named } };
}

/** An agent for connections to the target: kept for the next request, or closed after each. Sessions never resume. */
export function agentFor(target: Target, keepAlive: boolean): http.Agent {
  const options = { keepAlive, maxSockets: keepAlive ? 1 : Infinity };
  return target.tls === undefined
    ? new http.Agent(options)
    : new https.Agent({ ...options, maxCachedSessions: 0 });
}

/** Sends and reads to the end. @throws what Node says, or the signal's reason; NotSentError when nothing had left */
export function request(target: Target, ask: Ask, agent: http.Agent, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options: https.RequestOptions = {
      ...target.tls,
      host: target.host,
      port: target.port,
      method: ask.method,
      path: ask.path,
      agent,
      headers: {
        ...ask.headers,
        ...(ask.body === undefined ? {} : { "content-length": Buffer.byteLength(ask.body) }),
      },
    };
    const sent = target.tls === undefined ? http.request(options) : https.request(options);
    const letGo = () => {
      sent.destroy(signal.reason instanceof Error ? signal.reason : new Error("stopped"));
    };
    signal.addEventListener("abort", letGo, { once: true });
    // Nothing leaves before there is a connection, with TLS before that is secure.
    let ready = false;
    sent.on("socket", (socket) => {
      if (sent.reusedSocket) ready = true;
      else
        socket.once(target.tls === undefined ? "connect" : "secureConnect", () => {
          ready = true;
        });
    });
    const finish = (error: Error | undefined, answer?: Answer) => {
      signal.removeEventListener("abort", letGo);
      if (answer !== undefined) resolve(answer);
      else if (ready) reject(error ?? new Error("no answer"));
      else reject(new NotSentError(error));
    };
    sent.on("error", finish);
    sent.on("response", (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        body += part;
        if (body.length > answerLimitBytes) response.destroy(new Error("answer too long"));
      });
      response.on("error", finish);
      response.on("end", () => {
        finish(undefined, { status: response.statusCode ?? 0, body });
      });
    });
    if (signal.aborted) letGo();
    else sent.end(ask.body);
  });
}
