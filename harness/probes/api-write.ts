// Sequenced writes: each attempt adds one numbered key of its own, so that afterwards every write that the API has
// acknowledged can be looked for. One that is not there is lost data (RPO > 0).
import { messageOf } from "../base/errors.ts";
import type { KubeClients } from "../kube/access.ts";
import type { AuditEvent } from "../timeline/events.ts";
import { apiProbeInfo, apiTarget, expectSuccess, type ApiProbeOptions } from "./api.ts";
import { AttemptError, neverArrived } from "./attempt-error.ts";
import { connect } from "./connection.ts";
import type { Probe } from "./probe.ts";
import { samplingProbe } from "./ticker.ts";
import { keyOf, WriteBlocks } from "./write-blocks.ts";
import { WriteLog, type OldStore, type RestoreAccount, type WriteOutcome } from "./write-log.ts";

export interface WriteProbe extends Probe {
  /**
   * Reads back what was acknowledged of the attempts begun in [from, to) of the run. Never throws: what it could not
   * read is said in `incomplete`.
   */
  audit(span: { from: number; to: number }): Promise<Omit<AuditEvent, "type" | "t" | "drill">>;
  /**
   * Reads back what the old store has acknowledged, after a snapshot of `revision` was restored. Never throws: what could
   * not be read counts as unknown.
   */
  account(revision: number, old: OldStore): Promise<RestoreAccount>;
}

export interface WriteProbeOptions extends ApiProbeOptions {
  /** Exists already; the objects of the writer live and die with it. */
  namespace: string;
  /** By which the writer makes its objects and reads them back. */
  clients: KubeClients;
}

/** Id: "api.<vip|machine>.write.<fresh|kept|patient>". Good is an acknowledged write. */
export function apiWriteProbe(options: WriteProbeOptions): WriteProbe {
  const info = apiProbeInfo(options, "write");
  const client = connect(apiTarget(options), options.connection);
  const blocks = new WriteBlocks(options.clients, options.namespace, info.probe, rowsFor(info));
  const log = new WriteLog();

  const write = async (signal: AbortSignal, startedAt: number): Promise<void> => {
    const block = blocks.take();
    const sequence = log.begin(block, startedAt);
    try {
      const body = `{"data":{"${keyOf(sequence)}":""}}`;
      const answer = await client.ask({ method: "PATCH", path: blocks.path(block), headers, body }, signal);
      expectSuccess(answer);
      log.end(sequence, "acknowledged", clock(), revisionIn(answer.body));
    } catch (error) {
      log.end(sequence, outcomeOf(error));
      // A restore has taken it away: the next write needs one that is there.
      if (error instanceof AttemptError && error.word === "http 404") blocks.isGone(block);
      throw error;
    }
  };
  let clock = () => NaN;
  const readBack = async (wanted: readonly string[]) => {
    const found = new Map<string, Set<number>>();
    let incomplete: string | undefined;
    for (const block of wanted) {
      try {
        found.set(block, await blocks.read(block));
      } catch (error) {
        incomplete ??= `the object ${block} could not be read: ${messageOf(error)}`;
      }
    }
    return { found, incomplete };
  };
  const probe = samplingProbe(info, write, options.phaseMs, () => client.busy());

  return {
    info,
    async start(recorder) {
      clock = () => recorder.now();
      await blocks.open();
      await probe.start(recorder);
    },
    async stop() {
      await probe.stop();
      await blocks.settle();
      client.close();
    },
    async audit({ from, to }) {
      const { found, incomplete } = await readBack(log.blocks(from, to));
      const counts = log.audit(from, to, found);
      return { writer: info.probe, ...counts, ...(incomplete === undefined ? {} : { incomplete }) };
    },
    async account(revision, old) {
      const { found } = await readBack(log.blocks(old.from, old.servedAt));
      return log.account(revision, old, found);
    },
  };
}

/** A write makes one revision of etcd, which the answer gives as the object's version. */
function revisionIn(body: string): number {
  return Number(/"resourceVersion":"(\d+)"/.exec(body)?.[1] ?? NaN);
}

/** Of the attempts that may be under way at once, so many share an object; on a cluster that is well it is one at most. */
const attemptsPerRow = 5;

function rowsFor({ timeoutMs, tickMs }: Probe["info"]): number {
  return Math.ceil(timeoutMs / tickMs / attemptsPerRow);
}

const headers = {
  "content-type": "application/merge-patch+json",
  // Only the metadata comes back: the answer does not grow with the block.
  accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
};

/** 4xx: the server refused it before anything was done. 5xx may have been done: etcd can commit after a time-out. */
function outcomeOf(error: unknown): Exclude<WriteOutcome, "pending"> {
  if (neverArrived(error)) return "refused";
  return error instanceof AttemptError && /^http 4\d\d$/.test(error.word) ? "refused" : "unknown";
}
