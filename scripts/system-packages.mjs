// System packages: installed by name where that is ours to do (root on Debian or Ubuntu), else listed in one message.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { run, stopIfInterrupted } from "./children.mjs";
import { findCommand, missingRequirements } from "./requirements.mjs";

/** @typedef {import("./requirements.mjs").Requirement} Requirement */

const installTimeoutMs = 20 * 60_000;
const queryTimeoutMs = 60_000;
const policyPath = "/usr/sbin/policy-rc.d";
const policyMark = "# written by kubedrill while it installs packages";

/**
 * Makes sure that what these purposes need is installed.
 * @param {readonly import("./requirements.mjs").Purpose[]} purposes
 * @returns {Promise<string | undefined>} undefined, or the message that says what a person must do
 */
export async function ensureSystemPackages(purposes) {
  const missing = missingRequirements(purposes);
  const needsRoot = purposes.includes("lab") && !isRoot();
  if (missing.length === 0 && !needsRoot) return undefined;
  if (!isRoot() || !canInstall()) return advice(missing, needsRoot);
  const failure = await install(missing);
  if (failure !== undefined) return `${failure}\n${advice(missing, false)}`;
  const still = missingRequirements(purposes);
  return still.length === 0 ? undefined : advice(still, false);
}

/** @param {readonly Requirement[]} missing @param {boolean} needsRoot */
function advice(missing, needsRoot) {
  const lines = [];
  if (needsRoot) lines.push("The embedded lab makes machines and networks on this host: run this as root.");
  if (missing.length > 0) lines.push("These are not installed:");
  for (const each of missing)
    lines.push(`  ${each.name} (${[...each.commands, ...(each.files ?? [])].join(", ")}): ${each.why}`);
  if (missing.length > 0) {
    const packages = missing.flatMap((each) => each.packages).join(" ");
    lines.push(
      canInstall()
        ? `As root: apt-get install ${packages}`
        : `Install them with this system's package manager; Debian calls them: ${packages}`,
    );
  }
  return lines.join("\n");
}

/** @param {readonly Requirement[]} missing @returns {Promise<string | undefined>} why it failed */
async function install(missing) {
  for (const each of missing) console.log(`installing ${each.packages.join(", ")}: ${each.why}`);
  const release = denyServiceStarts();
  try {
    // Mends what an earlier, interrupted installation left half done; otherwise does nothing.
    await run("dpkg", ["--configure", "-a"], { timeoutMs: installTimeoutMs, quiet: true, env: quietEnv() });
    stopIfInterrupted();
    if (!hasPackageLists()) await updateLists();
    const packages = missing.flatMap((each) => each.packages);
    const optional = await known(missing.flatMap((each) => each.packagesIfKnown ?? []));
    let result = await aptInstall([...packages, ...optional]);
    if (result.code !== 0) {
      // Old lists name versions that the mirror no longer has.
      await updateLists();
      result = await aptInstall([...packages, ...optional]);
    }
    if (result.code !== 0) return `apt-get install failed: ${lastLines(result.output)}`;
    for (const service of missing.flatMap((each) => each.keepOff ?? [])) await keepOff(service);
    return undefined;
  } finally {
    release();
  }
}

/** @param {readonly string[]} packages */
async function aptInstall(packages) {
  const result = await run(
    "apt-get",
    ["install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", ...packages],
    { timeoutMs: installTimeoutMs, quiet: true, env: quietEnv() },
  );
  stopIfInterrupted();
  return result;
}

async function updateLists() {
  console.log("reading the package lists (apt-get update)");
  await run("apt-get", ["update", "-o", "DPkg::Lock::Timeout=300"], {
    timeoutMs: installTimeoutMs,
    quiet: true,
    env: quietEnv(),
  });
  stopIfInterrupted();
}

/** @param {readonly string[]} packages those of them that this release has */
async function known(packages) {
  const found = [];
  for (const name of packages) {
    const result = await run("apt-cache", ["show", name], { timeoutMs: queryTimeoutMs, quiet: true });
    if (result.code === 0) found.push(name);
  }
  return found;
}

/** A service that was installed only for its program does not start now, and not at the next boot. @param {string} name */
async function keepOff(name) {
  if (findCommand("systemctl") !== undefined)
    await run("systemctl", ["disable", `${name}.service`, `${name}.socket`], {
      timeoutMs: 30_000,
      quiet: true,
    });
  else if (findCommand("update-rc.d") !== undefined)
    await run("update-rc.d", [name, "disable"], { timeoutMs: 30_000, quiet: true });
}

/**
 * Asks Debian's service tools not to start anything that gets installed. The file denies only while this process
 * lives, so that nothing stays switched off should the process be killed; a policy that is there already is left alone.
 * @returns {() => void} takes it away again
 */
function denyServiceStarts() {
  if (existsSync(policyPath) && !readFileSync(policyPath, "utf8").includes(policyMark))
    return () => undefined;
  const text = `#!/bin/sh\n${policyMark}\nif kill -0 ${String(process.pid)} 2>/dev/null; then exit 101; fi\nexit 0\n`;
  writeFileSync(policyPath, text, { mode: 0o755 });
  const remove = () => rmSync(policyPath, { force: true });
  process.once("exit", remove);
  return () => {
    process.off("exit", remove);
    remove();
  };
}

function isRoot() {
  return process.getuid?.() === 0;
}

function canInstall() {
  return existsSync("/etc/debian_version") && findCommand("apt-get") !== undefined;
}

function hasPackageLists() {
  try {
    return readdirSync("/var/lib/apt/lists").some((name) => /_Packages(\.|$)/.test(name));
  } catch {
    return false;
  }
}

function quietEnv() {
  return { ...process.env, DEBIAN_FRONTEND: "noninteractive", NEEDRESTART_SUSPEND: "1" };
}

/** @param {string} output */
function lastLines(output) {
  return output.trim().split("\n").slice(-3).join(" · ");
}
