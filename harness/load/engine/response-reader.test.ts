import { expect, test } from "vitest";
import { ResponseReader, type ReadResult } from "./response-reader.ts";

/** Every way to cut a text in two, and byte by byte. */
function cuts(text: string): string[][] {
  const halves = Array.from({ length: text.length - 1 }, (_, index) => [
    text.slice(0, index + 1),
    text.slice(index + 1),
  ]);
  return [[text], Array.from(text), ...halves];
}

function read(reader: ResponseReader, pieces: readonly string[]): ReadResult[] {
  return pieces.map((piece) => {
    const bytes = Buffer.from(piece, "latin1");
    // As on a socket: the buffer is longer than what has arrived, and is written again.
    const buffer = Buffer.concat([bytes, Buffer.from("garbage")]);
    const result = reader.push(buffer, bytes.length);
    buffer.fill(0);
    return result;
  });
}

const answers = {
  length: "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 5\r\n\r\nhello",
  empty: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
  nothing: "HTTP/1.1 204 No Content\r\n\r\n",
  chunked:
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;note=1\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: yes\r\n\r\n",
  continued: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
};

test.each(Object.entries(answers))("%s: done with the last byte, however it is cut", (_, answer) => {
  const reader = new ResponseReader("GET");
  for (const pieces of cuts(answer)) {
    reader.reset();
    const results = read(reader, pieces);
    expect(results.at(-1)).toBe("done");
    expect(results.slice(0, -1)).not.toContain("done");
    expect(results).not.toContain("bad");
    expect(reader.bytes).toBe(answer.length);
    expect(reader.bodyBytes).toBe(answer.endsWith("hello") || answer.includes("chunked") ? 5 : 0);
  }
});

test("a head that is known is not taken for a different one of the same length", () => {
  const reader = new ResponseReader("GET");
  expect(read(reader, [answers.length])).toEqual(["done"]);
  reader.reset();
  expect(read(reader, [answers.length.replace("200 OK", "500 No")])).toEqual(["done"]);
  expect(reader.head?.status).toBe(500);
  reader.reset();
  expect(read(reader, [answers.length])).toEqual(["done"]);
  expect(reader.head?.status).toBe(200);
});

test("an answer without a length ends with the connection, another one is cut off by it", () => {
  const reader = new ResponseReader("GET");
  expect(read(reader, ["HTTP/1.1 200 OK\r\n\r\nhel", "lo"])).toEqual(["more", "more"]);
  expect(reader.finish()).toBe(true);
  reader.reset();
  expect(read(reader, [answers.length.slice(0, -1)])).toEqual(["more"]);
  expect(reader.finish()).toBe(false);
});

test("an answer to HEAD has no body", () => {
  expect(read(new ResponseReader("HEAD"), ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"])).toEqual([
    "done",
  ]);
});

test("whether the connection can be kept is what the server says", () => {
  const keep = (text: string) => {
    const reader = new ResponseReader("GET");
    read(reader, [text]);
    return reader.head?.keepAlive;
  };
  expect(keep(answers.length)).toBe(true);
  expect(keep("HTTP/1.1 200 OK\r\nConnection: Close\r\n\r\n")).toBe(false);
  expect(keep("HTTP/1.0 200 OK\r\n\r\n")).toBe(false);
  expect(keep("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n")).toBe(true);
});

test("what is not HTTP, or too much, is bad", () => {
  expect(read(new ResponseReader("GET"), ["SSH-2.0-OpenSSH\r\n"])).toEqual(["bad"]);
  expect(read(new ResponseReader("GET"), [`${answers.length}!`])).toEqual(["bad"]);
  expect(read(new ResponseReader("GET"), [`${answers.chunked}!`])).toEqual(["bad"]);
});
