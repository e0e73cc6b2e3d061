// One connection before a load, with nothing sent on it: a target that is not there is one sentence, and not a table
// full of failures. Returns what the TLS handshake agreed on.
import { connect as connectPlain } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { messageOf, usageError } from "../base/errors.ts";
import { kindOfError } from "./engine/failure-kind.ts";
import { targetOf } from "./engine/target.ts";
import type { LoadPlan } from "./engine/plan.ts";

const limitMs = 10_000;

/** @returns protocol and cipher, null without TLS @throws KubedrillError (usage) that says what is wrong and where */
export async function preflight(plan: LoadPlan): Promise<{ protocol: string; cipher: string } | null> {
  const { address, port, secure, tls } = targetOf(plan);
  const where = `${address} port ${String(port)}`;
  const connected = Promise.withResolvers<{ protocol: string; cipher: string } | null>();
  const socket = secure
    ? connectTls({
        host: address,
        port,
        rejectUnauthorized: tls.verify,
        ...(tls.serverName === "" ? {} : { servername: tls.serverName }),
        ...(tls.ca === undefined ? {} : { ca: tls.ca }),
      })
    : connectPlain({ host: address, port });
  socket.once(secure ? "secureConnect" : "connect", () => {
    connected.resolve(secure ? agreed(socket as TLSSocket) : null);
  });
  socket.once("error", connected.reject);
  socket.once("close", () => {
    connected.reject(new Error("it closed the connection at once"));
  });
  const timer = setTimeout(() => {
    connected.reject(new Error(`no connection within ${String(limitMs / 1000)} s`));
  }, limitMs);
  try {
    return await connected.promise;
  } catch (error) {
    throw usageError(`${sentence(error, plan.url, where)}.`, { cause: error });
  } finally {
    clearTimeout(timer);
    socket.on("error", () => undefined);
    socket.destroy();
  }
}

function agreed(socket: TLSSocket): { protocol: string; cipher: string } {
  return { protocol: socket.getProtocol() ?? "unknown", cipher: socket.getCipher().name };
}

function sentence(error: unknown, url: string, where: string): string {
  const kind = error instanceof Error ? kindOfError(error) : "other";
  if (kind === "refused") return `Nothing listens at ${where}, so ${url} cannot be loaded`;
  if (kind === "tls")
    return `The TLS handshake with ${where} failed: ${messageOf(error)}; --cacert names an authority to trust, --insecure trusts anybody`;
  return `${url} does not answer at ${where}: ${messageOf(error)}`;
}
