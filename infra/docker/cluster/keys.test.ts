import { expect, test } from "vitest";
import { newSshKeyPair, publicKeyOf } from "./keys.ts";

test("a key pair is in OpenSSH's form, of one key, and new each time", async () => {
  const [one, other] = await Promise.all([newSshKeyPair(), newSshKeyPair()]);
  expect(one.privateKey).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----/);
  expect(one.publicKey).toBe(publicKeyOf(one.privateKey));
  expect(one.publicKey).not.toBe(other.publicKey);
});

// One of 256 keys begins with a zero byte, which is part of it.
test("every public key has its 32 bytes", { timeout: 60_000 }, async () => {
  for (let round = 0; round < 100; round += 1) {
    const pairs = await Promise.all(Array.from({ length: 10 }, newSshKeyPair));
    for (const { publicKey } of pairs) {
      const [type = "", encoded = ""] = publicKey.split(" ");
      // Two lengths of 4 bytes each, the type, the key (RFC 8709, 4).
      expect(Buffer.from(encoded, "base64")).toHaveLength(4 + type.length + 4 + 32);
    }
  }
});
