// Two kinds of client. Fresh: a new TCP connection and TLS handshake for every attempt. Kept: a client that keeps its
// connection until it errors or an attempt on it times out, then connects anew.
import type { Agent } from "node:http";
import { AttemptError, NotSentError } from "./attempt-error.ts";
import { agentFor, request, type Answer, type Ask, type Target } from "./request.ts";

export type Connection = "fresh" | "kept";

export interface Client {
  ask(ask: Ask, signal: AbortSignal): Promise<Answer>;
  /** Another attempt would only wait behind the one that is on its connection, and share its fate. */
  busy(): boolean;
  close(): void;
}

export function connect(target: Target, connection: Connection): Client {
  return connection === "fresh" ? freshClient(target) : keptClient(target);
}

function freshClient(target: Target): Client {
  const agent = agentFor(target, false);
  return {
    ask: (ask, signal) => request(target, ask, agent, signal),
    busy: () => false,
    close: () => {
      agent.destroy();
    },
  };
}

/** A connection and the attempts that are on it or wait for it. */
interface Line {
  agent: Agent;
  attempts: Set<AbortController>;
  /** Settles when the attempts so far have ended: the next one's turn. */
  turn: Promise<unknown>;
}

/**
 * Attempts share the one connection, one after the other (HTTP/1.1). They also share its fate: when one of them errors
 * or times out, the connection is dropped and those that wait for it fail with it, as they would in a real client.
 * Without a connection every attempt opens its own; the first that answers is kept. So a return is seen by the next
 * attempt, and only the loss shows how long a client sits on a dead connection.
 */
function keptClient(target: Target): Client {
  let kept: Line | undefined;
  const drop = (line: Line, reason: unknown) => {
    if (kept === line) kept = undefined;
    for (const each of line.attempts) each.abort(reason);
    line.agent.destroy();
  };
  return {
    async ask(ask, signal) {
      const line = kept ?? newLine(target);
      const control = new AbortController();
      line.attempts.add(control);
      const timedOut = () => {
        drop(line, signal.reason);
      };
      signal.addEventListener("abort", timedOut, { once: true });
      try {
        // The agent's own queue would open a connection for a request that was given up while it waited.
        const asking = line.turn.then(() => {
          if (control.signal.aborted) throw new NotSentError(control.signal.reason);
          return request(target, ask, line.agent, control.signal);
        });
        line.turn = asking.catch(() => undefined);
        const answer = await asking;
        kept ??= line;
        return answer;
      } catch (error) {
        drop(line, error);
        throw error;
      } finally {
        signal.removeEventListener("abort", timedOut);
        line.attempts.delete(control);
        if (kept !== line && line.attempts.size === 0) line.agent.destroy();
      }
    },
    busy: () => kept !== undefined && kept.attempts.size > 0,
    close() {
      if (kept !== undefined) drop(kept, new AttemptError("stopped"));
    },
  };
}

function newLine(target: Target): Line {
  return { agent: agentFor(target, true), attempts: new Set(), turn: Promise.resolve() };
}
