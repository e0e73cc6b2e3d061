// Keys and tokens of a lab, made anew for each one and never shown.
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import ssh2 from "ssh2";
import { withTemporaryFolder } from "../../../harness/base/temporary-folder.ts";

export interface SshKeyPair {
  /** OpenSSH private key file. */
  privateKey: string;
  /** "ssh-ed25519 AAAA…", as in authorized_keys and known_hosts. */
  publicKey: string;
}

/**
 * A new Ed25519 key pair, made by OpenSSH itself: ssh2 1.17 drops a zero at the beginning of a public key, which one of 256
 * has, and no SSH server starts with what is left (mscdex/ssh2#1390).
 */
export async function newSshKeyPair(): Promise<SshKeyPair> {
  return withTemporaryFolder("keys", async (folder) => {
    const path = join(folder, "key");
    await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path], { timeout: 10_000 });
    const publicKey = await readFile(`${path}.pub`, "utf8");
    return { privateKey: await readFile(path, "utf8"), publicKey: publicKey.trim() };
  });
}

/** @param privateKey OpenSSH private key file */
export function publicKeyOf(privateKey: string): string {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return `${key.type} ${key.getPublicSSH().toString("base64")}`;
}

/** A bootstrap token as kubeadm wants it. */
export function newBootstrapToken(): string {
  return `${randomBytes(3).toString("hex")}.${randomBytes(8).toString("hex")}`;
}

/** The key under which kubeadm uploads the certificates for further control planes. */
export function newCertificateKey(): string {
  return randomBytes(32).toString("hex");
}
