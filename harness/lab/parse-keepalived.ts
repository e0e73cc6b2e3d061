// Reads the part of keepalived.conf that decides how fast and to whom an address moves.

/** Defaults are those of keepalived.conf(5). Times in milliseconds. */
export interface KeepalivedInstance {
  virtualRouterId: number;
  initialState: string;
  priority: number;
  advertMs: number;
  preempt: boolean;
  preemptDelayMs: number;
  version: 2 | 3;
  addresses: string[];
  check: KeepalivedCheck | null;
}

export interface KeepalivedCheck {
  intervalMs: number;
  timeoutMs: number;
  fall: number;
  rise: number;
  weight: number;
}

interface Block {
  words: string[];
  children: Block[];
}

/** Every vrrp_instance of a configuration, with the script that it tracks. */
export function parseKeepalived(text: string): KeepalivedInstance[] {
  const blocks = parseBlocks(tokens(text));
  const version = number(find(blocks, "global_defs")?.children ?? [], "vrrp_version") === 3 ? 3 : 2;
  const scripts = new Map(
    blocks.filter((each) => each.words[0] === "vrrp_script").map((each) => [each.words[1] ?? "", each]),
  );
  return blocks
    .filter((each) => each.words[0] === "vrrp_instance")
    .map((each) => instance(each.children, scripts, version));
}

function instance(lines: Block[], scripts: Map<string, Block>, version: 2 | 3): KeepalivedInstance {
  const tracked = find(lines, "track_script")?.children[0];
  const script = tracked === undefined ? undefined : scripts.get(tracked.words[0] ?? "");
  const ownWeight = tracked === undefined ? undefined : after(tracked.words, "weight");
  return {
    virtualRouterId: number(lines, "virtual_router_id") ?? 0,
    initialState: (find(lines, "state")?.words[1] ?? "BACKUP").toUpperCase(),
    priority: number(lines, "priority") ?? 100,
    advertMs: (number(lines, "advert_int") ?? 1) * 1000,
    preempt: find(lines, "nopreempt") === undefined,
    preemptDelayMs: (number(lines, "preempt_delay") ?? 0) * 1000,
    version: number(lines, "version") === 3 ? 3 : version,
    addresses: (find(lines, "virtual_ipaddress")?.children ?? []).map(
      (each) => (each.words[0] ?? "").split("/")[0] ?? "",
    ),
    check: script === undefined ? null : check(script.children, ownWeight),
  };
}

function check(lines: Block[], ownWeight: string | undefined): KeepalivedCheck {
  const interval = number(lines, "interval") ?? 1;
  return {
    intervalMs: interval * 1000,
    timeoutMs: (number(lines, "timeout") ?? interval) * 1000,
    fall: number(lines, "fall") ?? 1,
    rise: number(lines, "rise") ?? 1,
    weight: Number(ownWeight ?? number(lines, "weight") ?? 0),
  };
}

/** Lines of words and braces; comments (# and !) and quotes are understood. */
function tokens(text: string): string[][] {
  return text
    .replaceAll(/"[^"\n]*"|[{}]/g, (match) => (match.length === 1 ? `\n${match}\n` : match))
    .split("\n")
    .map((line) => line.replace(/(^|\s)[#!].*$/, "").trim())
    .filter((line) => line !== "")
    .map((line) => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? ""));
}

function parseBlocks(lines: string[][]): Block[] {
  const root: Block = { words: [], children: [] };
  const stack = [root];
  for (const words of lines) {
    const parent = stack.at(-1) ?? root;
    if (words[0] === "{") stack.push(parent.children.at(-1) ?? root);
    else if (words[0] === "}") {
      if (stack.length > 1) stack.pop();
    } else parent.children.push({ words, children: [] });
  }
  return root.children;
}

function find(blocks: Block[], keyword: string): Block | undefined {
  return blocks.find((each) => each.words[0] === keyword);
}

function number(blocks: Block[], keyword: string): number | undefined {
  const word = find(blocks, keyword)?.words[1];
  return word === undefined || Number.isNaN(Number(word)) ? undefined : Number(word);
}

function after(words: string[], keyword: string): string | undefined {
  const index = words.indexOf(keyword);
  return index < 0 ? undefined : words[index + 1];
}
