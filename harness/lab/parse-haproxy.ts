// Reads from haproxy.cfg how fast a dead API server is taken out, and what a connection does until then.

import type { Settings } from "./facts.ts";

/** Times in milliseconds; defaults are those of the HAProxy configuration manual. */
export type HaproxyBackend = Omit<NonNullable<Settings["haproxy"]>, "source">;

interface Section {
  kind: string;
  name: string;
  lines: string[][];
}

/** The backend behind a port, or undefined when nothing is bound to it. */
export function parseHaproxy(text: string, port: number): HaproxyBackend | undefined {
  const sections = parseSections(text);
  const bound = sections.find((each) => boundTo(each, port));
  if (bound === undefined) return undefined;
  const wanted = value(bound.lines, "default_backend");
  const backend =
    bound.kind === "listen"
      ? bound
      : sections.find((each) => each.kind === "backend" && each.name === wanted);
  if (backend === undefined) return undefined;
  const defaults = sections.filter((each) => each.kind === "defaults").flatMap((each) => each.lines);
  // The last word wins: defaults first, then the backend's own lines.
  const lines = [...defaults, ...backend.lines];
  const server = [...all(lines, "default-server"), ...all(backend.lines, "server").slice(0, 1)].flat();
  const setting = (keyword: string) => server.at(server.lastIndexOf(keyword) + 1);
  const has = (keyword: string) => server.includes(keyword);
  const inter = has("inter") ? milliseconds(setting("inter")) : 2000;
  const count = (keyword: string, fallback: number) => (has(keyword) ? Number(setting(keyword)) : fallback);
  const optional = (keyword: string) => (has(keyword) ? milliseconds(setting(keyword)) : null);
  return {
    interMs: inter,
    fastInterMs: optional("fastinter"),
    downInterMs: optional("downinter"),
    fall: count("fall", 3),
    rise: count("rise", 2),
    checkTimeoutMs: timeout(lines, "check") ?? inter,
    connectTimeoutMs: timeout(lines, "connect") ?? inter,
    retries: Number(value(lines, "retries") ?? 3),
    redispatch: lines.some((words) => words[0] === "option" && words[1] === "redispatch"),
  };
}

function parseSections(text: string): Section[] {
  const sections: Section[] = [];
  for (const raw of text.split("\n")) {
    const words = raw
      .replace(/(^|\s)#.*$/, "")
      .trim()
      .split(/\s+/);
    const [first = "", second = ""] = words;
    if (first === "") continue;
    if (/^(global|defaults|frontend|backend|listen|userlist|peers|cache|resolvers)$/.test(first))
      sections.push({ kind: first, name: second, lines: [] });
    else sections.at(-1)?.lines.push(words);
  }
  return sections;
}

function boundTo(section: Section, port: number): boolean {
  if (section.kind !== "frontend" && section.kind !== "listen") return false;
  const addresses = all(section.lines, "bind").flatMap((words) => words[1]?.split(",") ?? []);
  return addresses.some((each) => each.endsWith(`:${String(port)}`));
}

function all(lines: string[][], keyword: string): string[][] {
  return lines.filter((words) => words[0] === keyword);
}

function value(lines: string[][], keyword: string): string | undefined {
  return all(lines, keyword).at(-1)?.[1];
}

function timeout(lines: string[][], which: string): number | undefined {
  const words = all(lines, "timeout").findLast((each) => each[1] === which);
  return words === undefined ? undefined : milliseconds(words[2]);
}

/** HAProxy's times: a bare number is in milliseconds. */
function milliseconds(text: string | undefined): number {
  const match = /^(\d+)(us|ms|s|m|h|d)?$/.exec(text ?? "");
  if (match === null) return 0;
  const unit = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] ?? "ms"] ?? 1;
  return Number(match[1]) * unit;
}
