import { expect, it } from "vitest";
import { isReplaced } from "./prove-alive.ts";

const pod = (uid: string, ready = true, terminating = false) => ({ uid, ready, terminating });
const victim = pod("a");
const before = [victim, pod("b"), pod("c", false)];

it.each([
  ["the deleted one still ends", [pod("a", true, true), pod("b")], false],
  ["one of before came back meanwhile", [pod("b"), pod("c")], false],
  ["its replacement is not Ready", [pod("b"), pod("d", false)], false],
  ["its replacement is Ready, and another one went", [pod("b", false), pod("d")], false],
  ["its replacement is Ready", [pod("b"), pod("d")], true],
  [
    "its replacement is Ready before the deleted one has ended",
    [pod("a", true, true), pod("b"), pod("d")],
    true,
  ],
])("a pod is replaced: %s", (_, now, is) => {
  expect(isReplaced(before, victim, now)).toBe(is);
});
