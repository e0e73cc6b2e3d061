// The npm packages of this checkout, among them the Node that everything runs on: installed when they are not what the
// lock file says, and only then, so that a second start needs no network.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, stopIfInterrupted } from "./children.mjs";

const installTimeoutMs = 15 * 60_000;
/**
 * Warnings would only say that packages want a newer Node, which is among them. Without a network npm's own limits
 * add up to more than ten minutes.
 */
const ciOptions = [
  "--include=dev",
  "--no-progress",
  "--loglevel=error",
  "--fetch-timeout=60000",
  "--fetch-retry-maxtimeout=10000",
];

/** @param {string} root the checkout */
export function nodeOf(root) {
  return join(root, "node_modules", ".bin", "node");
}

/**
 * Installs the packages unless they are there. Can be killed at any moment: the stamp is the last thing written, and
 * npm takes the whole folder away, stamp included, before it starts.
 * @param {string} root the checkout
 * @returns {Promise<string | undefined>} undefined, or the message that says why it could not be done
 */
export async function ensureDependencies(root) {
  const stamp = join(root, "node_modules", ".kubedrill-installed");
  const wanted = createHash("sha256")
    .update(read(join(root, "package-lock.json")))
    .digest("hex");
  if (read(stamp) === wanted && (await runsOurNode(root))) return undefined;
  if (!matchesLock(root) || !(await runsOurNode(root))) {
    console.log("installing the npm packages of the lock file (npm ci)");
    const [command, args] = npm();
    const result = await run(command, [...args, "ci", ...ciOptions], {
      cwd: root,
      timeoutMs: installTimeoutMs,
    });
    stopIfInterrupted();
    if (result.code !== 0)
      return "npm ci failed (see above). It needs the npm registry this once; try again when it can be reached.";
    if (!(await runsOurNode(root)))
      return "npm ci ended well, but node_modules/.bin/node is not the Node that package.json names. Its install script must be allowed to run: npm config get ignore-scripts should say false.";
  }
  writeFileSync(stamp, wanted);
  return undefined;
}

/** Whether the installed Node starts and is of the pinned version. @param {string} root */
async function runsOurNode(root) {
  if (!existsSync(nodeOf(root))) return false;
  const { devDependencies } = JSON.parse(read(join(root, "package.json")));
  const result = await run(nodeOf(root), ["--version"], { timeoutMs: 30_000, quiet: true });
  return result.output.trim() === `v${devDependencies.node}`;
}

/**
 * Whether somebody has installed by hand (`npm install X`) just what the lock file says. npm writes its own list of what
 * is installed last; packages for other platforms are in the lock file only.
 * @param {string} root
 */
function matchesLock(root) {
  try {
    const installed = JSON.parse(read(join(root, "node_modules", ".package-lock.json"))).packages;
    const locked = Object.entries(JSON.parse(read(join(root, "package-lock.json"))).packages);
    return locked.every(([path, entry]) =>
      path === "" || (entry.optional && !(path in installed))
        ? true
        : installed[path]?.version === entry.version && installed[path]?.integrity === entry.integrity,
    );
  } catch {
    return false;
  }
}

/**
 * npm, run by a Node that is not inside node_modules: npm ci takes that folder away while it works.
 * @returns {[string, string[]]}
 */
function npm() {
  const cli = process.env.npm_execpath;
  const node = process.env.npm_node_execpath;
  return cli === undefined || node === undefined ? ["npm", []] : [node, [cli]];
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
