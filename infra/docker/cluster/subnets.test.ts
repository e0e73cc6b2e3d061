import { expect, test } from "vitest";
import { addressIn, freeSubnets, overlaps } from "./subnets.ts";

test.each([
  ["10.1.0.0/16", "10.1.2.0/24", true],
  ["10.1.2.0/24", "10.1.0.0/16", true],
  ["10.1.0.0/16", "10.2.0.0/16", false],
  ["10.0.0.0/8", "10.240.0.0/16", true],
  ["10/8", "10.240.0.0/16", true],
  ["192.0.2.7", "192.0.2.0/24", true],
  ["192.0.2.7", "192.0.2.8", false],
  ["198.18.0.0/15", "198.19.0.0/16", true],
  ["0.0.0.0/0", "203.0.113.1", true],
  ["255.255.255.255", "240.0.0.0/4", true],
])("%s and %s share an address: %s", (one, other, expected) => {
  expect(overlaps(one, other)).toBe(expected);
});

test("the first free range overlaps nothing that is used", () => {
  const used = ["10.201.0.0/16", "10.202.7.0/24", "10.203.255.255", "172.17.0.0/16"];
  expect(freeSubnets(used)[0]).toBe("10.204.0.0/16");
  expect(freeSubnets([...used, "127.0.0.0/8"])).not.toContain("10.202.0.0/16");
});

test("a default route does not make everything used, a route to all of 10/8 leaves other ranges", () => {
  expect(freeSubnets(["0.0.0.0/0"])[0]).toBe("10.201.0.0/16");
  expect(freeSubnets(["10.0.0.0/8"])[0]).toBe("198.18.0.0/16");
});

test("when all is used, it says so", () => {
  expect(() => freeSubnets(["0.0.0.0/1", "128.0.0.0/1"])).toThrow(/No address range is free/);
});

test("an address of a /16", () => {
  expect(addressIn("10.201.0.0/16", 64, 10)).toBe("10.201.64.10");
});
