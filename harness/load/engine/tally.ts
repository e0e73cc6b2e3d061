// The books of one worker: every request is sent once and ends once, and that the sums agree is asserted, not hoped.
import type { FailureKind } from "./failure-kind.ts";
import { encode, newHistogram, record } from "./histogram.ts";
import { ShortTimes } from "./short-times.ts";

/** One request and what became of it. All instants in µs on the common clock; 0 means that it did not come to that. */
export interface Exchange {
  /** When it was due: its start for whoever waits for the answer. In a closed loop the same as `startUs`. */
  intendedUs: number;
  startUs: number;
  /** Time to connect (TLS included); 0 on a kept connection. */
  connectUs: number;
  firstByteUs: number;
  endUs: number;
  status: number;
  failure: FailureKind | null;
  bytes: number;
  bodyBytes: number;
}

export interface Counts {
  sent: number;
  answered: number;
  failed: number;
  failures: Partial<Record<FailureKind, number>>;
  bytes: number;
}

/** Nothing has become of it yet. */
export function newExchange(startUs: number, intendedUs = startUs): Exchange {
  return {
    intendedUs,
    startUs,
    connectUs: 0,
    firstByteUs: 0,
    endUs: 0,
    status: 0,
    failure: null,
    bytes: 0,
    bodyBytes: 0,
  };
}

/** One second of the load, by the end of the requests. */
export interface Second extends Counts {
  second: number;
  /** Requests not ended when the second was. */
  inFlight: number;
  /** Of every complete answer, from the intended start; encoded. */
  latency: string;
}

export interface Totals extends Counts {
  inFlight: number;
  bodyBytes: number;
  statuses: Record<string, number>;
  /** Connections that were made; requests on a connection that was there already. */
  connections: number;
  reused: number;
  /** Open loop: requests that had to wait because every connection was taken. */
  queued: number;
  firstStartUs: number;
  lastEndUs: number;
  /** Encoded histograms over complete answers; `connect` over those on a new connection, `late` over late starts. */
  histograms: Record<"total" | "connect" | "processing" | "waiting" | "late", string>;
}

export class Tally {
  readonly totals = {
    ...noCounts(),
    bodyBytes: 0,
    statuses: {} as Record<string, number>,
    connections: 0,
    reused: 0,
    queued: 0,
    firstStartUs: 0,
    lastEndUs: 0,
  };
  readonly #histograms = {
    total: newHistogram(),
    connect: newHistogram(),
    processing: newHistogram(),
    waiting: newHistogram(),
    late: newHistogram(),
  };
  readonly #zeroUs: number;
  readonly #inFlight: () => number;
  readonly #publish: (second: Second) => void;
  #second = 0;
  #counts = noCounts();
  readonly #latency = newHistogram();
  /** Most answers of a kept connection: begun when due and arrived in one piece, so that all they took is one figure. */
  readonly #plain = new ShortTimes();

  /** @param inFlight counts the requests under way where they are, independently of these books */
  constructor(zeroUs: number, inFlight: () => number, publish: (second: Second) => void) {
    this.#zeroUs = zeroUs;
    this.#inFlight = inFlight;
    this.#publish = publish;
  }

  sent(nowUs: number): void {
    this.roll(nowUs);
    if (this.totals.sent === 0) this.totals.firstStartUs = nowUs;
    this.totals.sent += 1;
    this.#counts.sent += 1;
  }

  ended(exchange: Exchange): void {
    const { totals } = this;
    this.roll(exchange.endUs);
    totals.lastEndUs = exchange.endUs;
    totals.bodyBytes += exchange.bodyBytes;
    if (exchange.status !== 0) totals.statuses[exchange.status] = (totals.statuses[exchange.status] ?? 0) + 1;
    count(totals, exchange);
    count(this.#counts, exchange);
    if (exchange.connectUs > 0) totals.connections += 1;
    else if (exchange.firstByteUs > 0) totals.reused += 1;
    if (exchange.failure === null || exchange.failure === "non-2xx") this.#measure(exchange);
  }

  /** Ends the seconds that are over. */
  roll(nowUs: number): void {
    const second = Math.floor((nowUs - this.#zeroUs) / 1e6);
    if (second > this.#second) this.flush(second);
  }

  /** Publishes what has been counted since the last time. */
  flush(next: number = this.#second + 1): void {
    this.#plain.moveTo([this.#latency, this.#histograms.processing, this.#histograms.waiting]);
    this.#publish({
      ...this.#counts,
      second: this.#second,
      inFlight: this.totals.sent - this.totals.answered - this.totals.failed,
      latency: encode(this.#latency),
    });
    this.#histograms.total.add(this.#latency);
    this.#latency.reset();
    this.#counts = noCounts();
    this.#second = next;
  }

  /** @throws when a request was lost or counted twice, which is a defect of the load itself */
  assertBalance(): void {
    const { sent, answered, failed } = this.totals;
    const inFlight = this.#inFlight();
    if (sent !== answered + failed + inFlight)
      throw new Error(
        `The load lost count: ${String(sent)} sent, but ${String(answered)} answered + ${String(failed)} failed + ${String(inFlight)} in flight.`,
      );
  }

  result(): Totals {
    const { total, connect, processing, waiting, late } = this.#histograms;
    return {
      ...this.totals,
      inFlight: this.#inFlight(),
      histograms: {
        total: encode(total),
        connect: encode(connect),
        processing: encode(processing),
        waiting: encode(waiting),
        late: encode(late),
      },
    };
  }

  #measure({ intendedUs, startUs, connectUs, firstByteUs, endUs }: Exchange): void {
    if (connectUs === 0 && startUs === intendedUs && firstByteUs === endUs)
      if (this.#plain.take(endUs - startUs)) return;
    const { connect, processing, waiting, late } = this.#histograms;
    record(this.#latency, endUs - intendedUs);
    const readyUs = startUs + connectUs;
    record(processing, endUs - readyUs);
    record(waiting, firstByteUs - readyUs);
    if (connectUs > 0) record(connect, connectUs);
    if (startUs !== intendedUs) record(late, startUs - intendedUs);
  }
}

function count(counts: Counts, { failure, bytes }: Exchange): void {
  counts.bytes += bytes;
  if (failure === null) counts.answered += 1;
  else {
    counts.failed += 1;
    counts.failures[failure] = (counts.failures[failure] ?? 0) + 1;
  }
}

function noCounts(): Counts {
  return { sent: 0, answered: 0, failed: 0, failures: {}, bytes: 0 };
}
