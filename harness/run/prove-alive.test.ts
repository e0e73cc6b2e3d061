import { expect, it } from "vitest";
import { isReplaced, notReplacedYet } from "./prove-alive.ts";

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

it("says how far a replacement is", () => {
  const seen = (uid: string, node: string | null, ready: boolean) => ({
    ...pod(uid, ready),
    name: `web-${uid}`,
    node,
  });
  const now = [seen("a", "w1", false), seen("b", "w2", true), seen("d", "w1", false), seen("e", null, false)];
  expect(notReplacedYet(before, victim, now)).toBe(
    "web-d on w1, not Ready; web-e on no node yet, not Ready; 1 of 2 pods are Ready",
  );
  expect(notReplacedYet(before, victim, now.slice(0, 2))).toBe("no new pod; 1 of 2 pods are Ready");
});
