// What the host must have besides Node and npm: the one list, read by the bootstrap and by `kubedrill doctor`.
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * What somebody wants to do: build and run the embedded lab, run the unit and component tests.
 * @typedef {"lab" | "test"} Purpose
 *
 * @typedef {object} Requirement
 * @property {string} name
 * @property {readonly Purpose[]} purposes
 * @property {string} why
 * @property {readonly string[]} commands programs that must be found
 * @property {readonly string[]} [files] files that must be there
 * @property {readonly string[]} packages names in Debian and Ubuntu; empty: not installed for you
 * @property {readonly string[]} [packagesIfKnown] where a release has split them off
 * @property {readonly string[]} [keepOff] services that come with the packages, are not needed and must not start
 * @property {string} [onlyIf] when it can be done without: the condition under which it is needed
 */

/** @type {readonly Requirement[]} */
export const requirements = [
  {
    name: "Docker Engine",
    purposes: ["lab"],
    why: "the lab's machines are system containers",
    commands: ["docker", "dockerd"],
    packages: ["docker.io"],
    packagesIfKnown: ["docker-cli"],
  },
  {
    name: "debootstrap",
    purposes: ["lab"],
    why: "builds the machines' root file system from Debian packages",
    commands: ["debootstrap"],
    files: ["/usr/share/keyrings/debian-archive-keyring.gpg"],
    packages: ["debootstrap", "debian-archive-keyring"],
  },
  {
    name: "iproute2",
    purposes: ["lab", "test"],
    why: "routes between this host and the lab",
    commands: ["ip"],
    packages: ["iproute2"],
  },
  {
    name: "iptables",
    purposes: ["lab"],
    why: "the container engine isolates the lab's network with it",
    commands: ["iptables"],
    packages: ["iptables"],
  },
  {
    name: "OpenSSH client",
    purposes: ["lab", "test"],
    why: "makes the keys of the lab's machines",
    commands: ["ssh-keygen"],
    packages: ["openssh-client"],
  },
  {
    name: "Go",
    purposes: ["lab"],
    why: "builds Kubernetes and etcd from Go modules",
    commands: ["go"],
    packages: [],
    onlyIf: "needed only where the official release downloads cannot be reached; 1.21 or newer",
  },
  {
    name: "OpenSSH server",
    purposes: ["test"],
    why: "the tests of the SSH shell talk to a real one, on a port of their own",
    commands: ["sshd"],
    packages: ["openssh-server"],
    keepOff: ["ssh"],
  },
  {
    name: "OpenSSL",
    purposes: ["test"],
    why: "makes the certificates of the servers that tests talk to",
    commands: ["openssl"],
    packages: ["openssl"],
  },
  {
    name: "Chromium",
    purposes: ["test"],
    why: "the tests of the HTML report look at it in a real browser",
    commands: ["chromium"],
    packages: ["chromium"],
  },
  {
    name: "ab, wrk and nginx",
    purposes: ["test"],
    why: "`npm run bench -- load` compares `kubedrill load` with the former, before the latter",
    commands: ["ab", "wrk", "nginx"],
    packages: ["apache2-utils", "wrk", "nginx-light"],
    onlyIf: "needed only for that comparison, which says what is missing",
  },
];

/**
 * The requirements of these purposes that this host does not meet; conditional ones are never among them.
 * @param {readonly Purpose[]} purposes @returns {Requirement[]}
 */
export function missingRequirements(purposes) {
  return requirements.filter(
    (each) =>
      each.onlyIf === undefined && each.purposes.some((one) => purposes.includes(one)) && !isMet(each),
  );
}

/** @param {Requirement} requirement */
export function isMet(requirement) {
  const files = requirement.files ?? [];
  return requirement.commands.every((each) => findCommand(each) !== undefined) && files.every(existsSync);
}

/**
 * Where a program lies. Looks also where Debian keeps system programs, which are not on every user's PATH.
 * @param {string} name @returns {string | undefined}
 */
export function findCommand(name) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin"];
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
