// The scripts of the report: written in TypeScript like everything else, stripped of types when a report is made.
import { readFile } from "node:fs/promises";
import { createRequire, stripTypeScriptTypes } from "node:module";
import { join } from "node:path";

export interface ClientScript {
  text: string;
  module: boolean;
}

/** In this order: the filter adds to the tools that the zoom makes. */
const names = ["ready", "zoom", "filter", "details", "copy", "latency"];

/** The drawing library, then one module for each file in `client/`. */
export async function clientScripts(): Promise<ClientScript[]> {
  const own = names.map(async (name): Promise<ClientScript> => ({
    text: await ownScript(name),
    module: true,
  }));
  return [{ text: await uplotFile("uPlot.iife.min.js"), module: false }, ...(await Promise.all(own))];
}

/** The published package holds JavaScript, a checkout TypeScript. */
async function ownScript(name: string): Promise<string> {
  const typed = import.meta.filename.endsWith(".ts");
  const source = await readFile(
    join(import.meta.dirname, "client", `${name}${typed ? ".ts" : ".js"}`),
    "utf8",
  );
  const text = typed ? withoutTypes(source) : source;
  return text
    .replaceAll(/^\s*(?:\/\/.*|\/\*\*[^]*?\*\/)\s*$/gm, "")
    .replaceAll(/\s*\n\s*/g, "\n")
    .trim();
}

/** Node calls this function experimental at its first use; on a user's terminal that would only worry. */
function withoutTypes(source: string): string {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}

export async function uplotStyle(): Promise<string> {
  return await uplotFile("uPlot.min.css");
}

async function uplotFile(name: string): Promise<string> {
  const text = await readFile(createRequire(import.meta.url).resolve(`uplot/dist/${name}`), "utf8");
  return text.trim();
}
