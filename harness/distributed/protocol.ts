// What the harness and a worker pod say to each other: JSON over HTTP, through the API server's proxy to pods, so that
// neither needs a way to the other but the API.
import { z } from "zod";
import { failureKinds } from "../load/engine/failure-kind.ts";
import type { LoadPlan, Share } from "../load/engine/plan.ts";
import type { Told } from "../load/load.ts";

export const workerPort = 8080;
/** Environment of a worker: what an order must know, so that nobody else in the cluster can give one. */
export const tokenVariable = "KUBEDRILL_TOKEN";

const counts = {
  sent: z.number(),
  answered: z.number(),
  failed: z.number(),
  failures: z.partialRecord(z.enum(failureKinds), z.number()),
  bytes: z.number(),
  inFlight: z.number(),
};

const arrival = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("closed") }),
  z.object({
    kind: z.enum(["constant", "poisson"]),
    rateHz: z.number(),
    spin: z.boolean(),
    seed: z.number(),
  }),
]);

const plan = z.object({
  engine: z.enum(["sockets", "autocannon"]),
  url: z.url(),
  address: z.string(),
  method: z.string(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  /** Base64. */
  body: z.string().nullable(),
  keepAlive: z.boolean(),
  connections: z.int().min(1),
  arrival,
  maxRequests: z.int().nullable(),
  durationMs: z.number(),
  timeoutMs: z.number(),
  tls: z.object({ verify: z.boolean(), ca: z.string().optional(), serverName: z.string().optional() }),
  workers: z.int(),
  eachRequest: z.literal(false),
});

const share = z.object({
  connections: z.int(),
  maxRequests: z.int().nullable(),
  index: z.int(),
  of: z.int(),
});

/** POST /order: get ready to drive these shares. */
export const orderSchema = z.object({ token: z.string(), plan, shares: z.array(share).min(1) });
export type Order = z.output<typeof orderSchema>;

/** POST /start: begin at this instant of the worker's own clock, ms since 1970. */
export const startSchema = z.object({ token: z.string(), atMs: z.number() });

/** POST /stop: send nothing more; POST /leave: the report has been read, end. */
export const farewellSchema = z.object({ token: z.string() });

/** GET /status. */
export const statusSchema = z.object({
  state: z.enum(["idle", "ready", "running", "done", "failed"]),
  /** The worker's clock, ms since 1970. */
  clockMs: z.number(),
  sent: z.number(),
  why: z.string().nullable(),
});
export type Status = z.output<typeof statusSchema>;

const histograms = z.object({
  total: z.string(),
  connect: z.string(),
  processing: z.string(),
  waiting: z.string(),
  late: z.string(),
});

/** GET /report: what its threads told; instants are relative to the agreed start, µs. */
export const reportSchema = z.object({
  seconds: z.array(z.object({ ...counts, second: z.int(), latency: z.string() })),
  done: z.array(
    z.object({
      totals: z.object({
        ...counts,
        bodyBytes: z.number(),
        statuses: z.record(z.string(), z.number()),
        connections: z.number(),
        reused: z.number(),
        queued: z.number(),
        firstStartUs: z.number(),
        lastEndUs: z.number(),
        histograms,
      }),
      document: z.object({ server: z.string(), bytes: z.number() }).nullable(),
    }),
  ),
  cpuSeconds: z.number(),
});
export type Report = z.output<typeof reportSchema>;

export function orderOf(token: string, load: LoadPlan, shares: readonly Share[]): Order {
  const { body } = load;
  return orderSchema.parse({
    token,
    plan: {
      ...load,
      eachRequest: false,
      body: body === null ? null : Buffer.from(body as Uint8Array).toString("base64"),
    },
    shares,
  });
}

export function planOf({ plan: { body, tls, ...rest } }: Order): LoadPlan {
  const { verify, ca, serverName } = tls;
  return {
    ...rest,
    body: body === null ? null : Buffer.from(body, "base64"),
    tls: {
      verify,
      ...(ca === undefined ? {} : { ca }),
      ...(serverName === undefined ? {} : { serverName }),
    },
  };
}

/** With instants from the agreed start on: two machines' clocks have nothing in common. */
export function reportOf({ startUs, seconds, done, cpuSeconds }: Told): Report {
  return {
    seconds,
    done: done.map(({ totals, document }) => ({
      totals:
        totals.sent === 0
          ? totals
          : {
              ...totals,
              firstStartUs: totals.firstStartUs - startUs,
              lastEndUs: totals.lastEndUs - startUs,
            },
      document,
    })),
    cpuSeconds,
  };
}
