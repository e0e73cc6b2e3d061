// The bytes of the request, made once: every request of a load is the same.
import type { LoadPlan } from "./plan.ts";

export function requestBytes(plan: LoadPlan): Buffer {
  const url = new URL(plan.url);
  const body = plan.body === null ? null : Buffer.from(plan.body);
  const given = new Set(plan.headers.map(([name]) => name.toLowerCase()));
  const lines = [`${plan.method} ${url.pathname}${url.search} HTTP/1.1`];
  if (!given.has("host")) lines.push(`Host: ${url.host}`);
  if (!given.has("connection")) lines.push(`Connection: ${plan.keepAlive ? "keep-alive" : "close"}`);
  if (!given.has("user-agent")) lines.push("User-Agent: kubedrill");
  if (!given.has("accept")) lines.push("Accept: */*");
  if (body !== null && !given.has("content-length")) lines.push(`Content-Length: ${String(body.byteLength)}`);
  for (const [name, value] of plan.headers) lines.push(`${name}: ${value}`);
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  return body === null ? head : Buffer.concat([head, body]);
}
