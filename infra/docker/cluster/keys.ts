// Keys and tokens of a lab, made anew for each one and never shown.
import { randomBytes } from "node:crypto";
import ssh2 from "ssh2";

export interface SshKeyPair {
  /** OpenSSH private key file. */
  privateKey: string;
  /** "ssh-ed25519 AAAA…", as in authorized_keys and known_hosts. */
  publicKey: string;
}

/** A new Ed25519 key pair in OpenSSH's format. */
export function newSshKeyPair(): SshKeyPair {
  const { private: privateKey, public: publicKey } = ssh2.utils.generateKeyPairSync("ed25519");
  return { privateKey, publicKey: publicKey.trim().split(" ").slice(0, 2).join(" ") };
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
