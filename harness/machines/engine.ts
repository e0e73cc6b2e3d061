// The engine's own HTTP interface on its local socket, for the docker provider. Not its command line: starting that
// takes longer than many outages that are to be measured, and several machines must lose power at the same instant.
import { execa } from "execa";
import { Agent, request } from "undici";
import { inconclusiveError, messageOf, usageError } from "../base/errors.ts";

/** What the engine says no with; `status` is HTTP's. */
export class EngineRefusal extends Error {
  override readonly name = "EngineRefusal";
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** Understood by every engine since 20.10; newer ones still serve it. */
const apiVersion = "v1.41";
let socket: Promise<Agent> | undefined;

/**
 * @param path below the version, e.g. "/containers/x/json"
 * @returns the answer's JSON, undefined when it has none
 * @throws EngineRefusal when the engine says no (304, "already so", is not a refusal); KubedrillError when it does not
 * answer, or not within `timeoutMs`; the signal's reason when aborted
 */
export async function engine(
  method: "GET" | "POST",
  path: string,
  options: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<unknown> {
  const limit = AbortSignal.timeout(options.timeoutMs);
  socket ??= findSocket();
  try {
    const response = await request(`http://engine/${apiVersion}${path}`, {
      dispatcher: await socket,
      method,
      signal: options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]),
    });
    const text = await response.body.text();
    if (response.statusCode < 400) return text === "" ? undefined : (JSON.parse(text) as unknown);
    throw new EngineRefusal(refusal(text), response.statusCode);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof EngineRefusal) throw error;
    if (limit.aborted)
      throw inconclusiveError(
        `The container engine took longer than ${String(options.timeoutMs / 1000)} s for ${method} ${path}.`,
        {
          cause: error,
        },
      );
    throw usageError(`The container engine does not answer: ${messageOf(error)}.`, {
      cause: error,
      hint: "start dockerd, then try again",
    });
  }
}

/** Where the docker command would go: $DOCKER_HOST, the current context, else the usual socket. */
async function findSocket(): Promise<Agent> {
  const host = process.env.DOCKER_HOST ?? (await contextHost()) ?? "unix:///var/run/docker.sock";
  if (!host.startsWith("unix://"))
    throw usageError(`The container engine is at ${host}; machines can only be driven on this host.`, {
      hint: "unset DOCKER_HOST or choose a local docker context",
    });
  return new Agent({
    connect: { socketPath: host.slice("unix://".length), timeout: 5000 },
    // Limits are per request; a clean shutdown may take minutes.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

async function contextHost(): Promise<string | undefined> {
  const format = "{{.Endpoints.docker.Host}}";
  const result = await execa("docker", ["context", "inspect", "--format", format], {
    reject: false,
    timeout: 10_000,
    stdin: "ignore",
  });
  return result.exitCode === 0 && result.stdout !== "" ? result.stdout : undefined;
}

function refusal(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text.slice(0, 300);
  }
}
