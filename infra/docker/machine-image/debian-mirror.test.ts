import { expect, it } from "vitest";
import { mirrorIn } from "./debian-mirror.ts";

it("takes Debian's main archive, not its security archive nor a vendor's", () => {
  const lines = [
    "Some Vendor|nodistro|https://vendor.example/apt/",
    "Debian|Debian-Security|http://mirror.example/debian-security/",
    "Debian|Debian|http://mirror.example/debian/",
    "Debian|Debian|http://second.example/debian/",
  ].join("\n");
  expect(mirrorIn(lines)).toBe("http://mirror.example/debian/");
});

it("has none on a system that is not Debian", () => {
  expect(mirrorIn("Ubuntu|Ubuntu|http://mirror.example/ubuntu/")).toBeUndefined();
  expect(mirrorIn("")).toBeUndefined();
});
