// Plain requests to the lab's API. Each on a new connection: a kept one could hang on a dead machine.
import { KubeConfig } from "@kubernetes/client-node";
import { readFile } from "node:fs/promises";
import { request, type RequestOptions } from "node:https";
import { text } from "node:stream/consumers";
import type { z } from "zod";
import { KubedrillError } from "../../../harness/base/errors.ts";

export interface ApiClient {
  /** Reads a path such as /api/v1/nodes and checks the answer. Throws on any other status than 200. */
  get<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T>;
  /** Changes an object by a merge patch. Throws as `get`. */
  patch(path: string, change: object): Promise<void>;
}

const requestTimeoutMs = 5_000;

/**
 * A client with the credentials of a kubeconfig file.
 * @param at URL of one API server; default: the kubeconfig's, which leads to any of them
 */
export async function apiClient(kubeconfigPath: string, at?: string): Promise<ApiClient> {
  const config = new KubeConfig();
  config.loadFromString(await readFile(kubeconfigPath, "utf8"));
  const server = at ?? config.getCurrentCluster()?.server;
  if (server === undefined)
    throw new KubedrillError("usage", `${kubeconfigPath} names no API server.`, {
      hint: "kubedrill lab reset makes it anew",
    });
  const options: RequestOptions = { agent: false };
  await config.applyToHTTPSOptions(options);
  const call = (path: string, more: RequestOptions, body?: string) =>
    answerOf(new URL(path, server), { ...options, ...more, agent: false }, body);
  return {
    get: async (path, schema, signal) => {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]);
      return schema.parse(JSON.parse(await call(path, { signal: limit })));
    },
    patch: async (path, change) => {
      const headers = { "content-type": "application/merge-patch+json" };
      const signal = AbortSignal.timeout(requestTimeoutMs);
      await call(path, { method: "PATCH", headers, signal }, JSON.stringify(change));
    },
  };
}

async function answerOf(url: URL, options: RequestOptions, body?: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  request(url, options, (response) => {
    text(response).then((answer) => {
      if (response.statusCode === 200) resolve(answer);
      else
        reject(new Error(`${url.pathname} answered ${String(response.statusCode)}: ${answer.slice(0, 200)}`));
    }, reject);
  })
    .on("error", reject)
    .end(body);
  return promise;
}
