// Finds the end of one HTTP/1.1 answer in what a connection receives: that is all a load needs to know of it. The
// parsers that there are build header objects for every answer and cost more than sending the request does; answers of
// one target have heads that are equal byte for byte for a second at a time, so a head that is known is compared only.

export interface Head {
  bytes: Buffer;
  status: number;
  server: string;
  /** `close`: the body ends with the connection. */
  body: { kind: "none" } | { kind: "length"; length: number } | { kind: "chunked" } | { kind: "close" };
  keepAlive: boolean;
}

/** `more`: not complete yet; `bad`: this is not HTTP, or bytes came that nobody asked for. */
export type ReadResult = "more" | "done" | "bad";

const longestHeadBytes = 256 * 1024;

export class ResponseReader {
  head: Head | null = null;
  bytes = 0;
  bodyBytes = 0;
  readonly #noBody: boolean;
  /** Begin of a head or of a chunk's size line, kept until its end has come. */
  #held: Buffer | null = null;
  #remaining = 0;
  #chunk: "size" | "data" | "data-end" | "trailer" = "size";
  /** The last head of this connection's target, shared by comparison only. */
  #known: Head | null = null;

  /** @param method answers to HEAD have no body, whatever their head says */
  constructor(method: string) {
    this.#noBody = method === "HEAD";
  }

  /** Before each request: nothing of the last answer may be mixed into the next. */
  reset(): void {
    this.head = null;
    this.bytes = 0;
    this.bodyBytes = 0;
    this.#held = null;
    this.#remaining = 0;
    this.#chunk = "size";
  }

  /** Takes the first `length` bytes of a buffer, which may be used again afterwards. */
  push(buffer: Buffer, length: number): ReadResult {
    this.bytes += length;
    let from = 0;
    if (this.head === null) {
      const known = this.#known;
      if (
        known !== null &&
        this.#held === null &&
        length >= known.bytes.length &&
        beginsWith(buffer, known.bytes)
      ) {
        this.#take(known);
        from = known.bytes.length;
      } else return this.#pushHead(buffer, length);
    }
    return this.#pushBody(buffer, from, length);
  }

  /** The connection has ended: that completes an answer without a length, and cuts off any other. */
  finish(): boolean {
    return this.head?.body.kind === "close";
  }

  #pushHead(buffer: Buffer, length: number): ReadResult {
    const arrived = buffer.subarray(0, length);
    const all = this.#held === null ? arrived : Buffer.concat([this.#held, arrived]);
    const end = all.indexOf("\r\n\r\n");
    if (end < 0) {
      if (all.length > longestHeadBytes || !startsLikeHttp(all)) return "bad";
      this.#held = Buffer.from(all);
      return "more";
    }
    const head = parseHead(all.subarray(0, end + 4), this.#noBody);
    if (head === null) return "bad";
    this.#held = null;
    // 100 Continue and its like come before the answer.
    if (head.status < 200)
      return end + 4 === all.length ? "more" : this.#pushHead(all.subarray(end + 4), all.length - end - 4);
    this.#known = head;
    this.#take(head);
    return this.#pushBody(all, end + 4, all.length);
  }

  #take(head: Head): void {
    this.head = head;
    this.#remaining = head.body.kind === "length" ? head.body.length : 0;
  }

  #pushBody(buffer: Buffer, from: number, to: number): ReadResult {
    const got = to - from;
    switch (this.head?.body.kind) {
      case "length":
        this.#remaining -= got;
        this.bodyBytes += got;
        return this.#remaining > 0 ? "more" : this.#remaining === 0 ? "done" : "bad";
      case "none":
        return got === 0 ? "done" : "bad";
      case "chunked":
        return this.#pushChunks(buffer, from, to);
      case "close":
      case undefined:
        this.bodyBytes += got;
        return "more";
    }
  }

  #pushChunks(buffer: Buffer, from: number, to: number): ReadResult {
    let at = from;
    while (at < to) {
      if (this.#chunk === "data") {
        const step = Math.min(this.#remaining, to - at);
        this.#remaining -= step;
        this.bodyBytes += step;
        at += step;
        if (this.#remaining === 0) this.#chunk = "data-end";
        continue;
      }
      const end = buffer.subarray(0, to).indexOf(10, at);
      const piece = buffer.toString("latin1", at, end < 0 ? to : end + 1);
      const line = (this.#held === null ? "" : this.#held.toString("latin1")) + piece;
      if (line.length > longestHeadBytes) return "bad";
      if (end < 0) {
        this.#held = Buffer.from(line, "latin1");
        return "more";
      }
      this.#held = null;
      at = end + 1;
      const state = this.#line(line.trimEnd());
      if (state === "bad") return "bad";
      if (state === "done") return at === to ? "done" : "bad";
    }
    return "more";
  }

  #line(line: string): ReadResult {
    switch (this.#chunk) {
      case "size": {
        const size = /^[0-9a-f]+/i.exec(line);
        if (size === null) return "bad";
        this.#remaining = Number.parseInt(size[0], 16);
        this.#chunk = this.#remaining === 0 ? "trailer" : "data";
        return "more";
      }
      case "data-end":
        this.#chunk = "size";
        return line === "" ? "more" : "bad";
      case "trailer":
        return line === "" ? "done" : "more";
      case "data":
        return "bad";
    }
  }
}

/** By hand: a head is short, and `Buffer.compare` leaves JavaScript for it, which takes longer. */
function beginsWith(buffer: Buffer, bytes: Buffer): boolean {
  for (let index = 0; index < bytes.length; index += 1) if (buffer[index] !== bytes[index]) return false;
  return true;
}

function startsLikeHttp(bytes: Buffer): boolean {
  const start = bytes.toString("latin1", 0, Math.min(5, bytes.length));
  return "HTTP/".startsWith(start);
}

function parseHead(bytes: Buffer, noBody: boolean): Head | null {
  const text = bytes.toString("latin1");
  const first = /^HTTP\/1\.([01]) (\d{3})/.exec(text);
  if (first === null) return null;
  const field = (name: string): string =>
    new RegExp(String.raw`\r\n${name}:[ \t]*([^\r\n]*)`, "i").exec(text)?.[1]?.trim() ?? "";
  const status = Number(first[2]);
  const connection = field("connection").toLowerCase();
  return {
    // A copy: the buffer belongs to the connection and is written again.
    bytes: Buffer.from(bytes),
    status,
    server: field("server"),
    body: bodyOf(noBody || status === 204 || status === 304, field),
    keepAlive: first[1] === "1" ? !connection.includes("close") : connection.includes("keep-alive"),
  };
}

function bodyOf(none: boolean, field: (name: string) => string): Head["body"] {
  if (none) return { kind: "none" };
  if (/\bchunked\b/i.test(field("transfer-encoding"))) return { kind: "chunked" };
  const length = field("content-length");
  if (!/^\d+$/.test(length)) return { kind: "close" };
  return length === "0" ? { kind: "none" } : { kind: "length", length: Number(length) };
}
