import { expect, it } from "vitest";
import { checksumFor } from "./checksum-file.ts";

const a = "a".repeat(64);
const b = "B".repeat(64);

it.each([
  ["only a sum", a, "kubelet", a],
  ["only a sum, with a line end", `${a}\n`, "kubelet", a],
  ["text mode", `${a}  one.tgz\n${b}  two.tgz\n`, "two.tgz", b.toLowerCase()],
  ["binary mode", `${a} *one.tgz\n`, "one.tgz", a],
  ["a name with ./", `${a}  ./one.tgz\n`, "one.tgz", a],
  ["another file", `${a}  one.tgz\n`, "two.tgz", undefined],
  ["a name that only ends alike", `${a}  other-one.tgz\n`, "one.tgz", undefined],
  ["several sums without names", `${a}\n${b}\n`, "kubelet", undefined],
  ["an error page", "<html>not found</html>", "kubelet", undefined],
  ["a sum that is too short", "abc  one.tgz", "one.tgz", undefined],
])("%s", (_what, text, name, expected) => {
  expect(checksumFor(text, name)).toBe(expected);
});
