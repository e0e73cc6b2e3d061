import { expect, test } from "vitest";
import { whyForeign } from "./foreign.ts";

const now = Date.parse("2026-03-02T12:00:00Z");
const etcd = {
  version: "3.6.6",
  member: "cp1",
  hash: "1",
  revision: 1,
  totalKeys: 1,
  sizeBytes: 1,
  sha256: "0".repeat(64),
};
const snapshot = { clusterUid: "a", etcd, takenAt: "2026-03-02T06:00:00Z" };

function wrongs(target: { clusterUid: string; etcdVersion: string }, maxAgeHours?: number): string[] {
  return whyForeign(snapshot, target, { now, maxAgeHours }).flatMap((each) => each.wrong ?? []);
}

test("a snapshot of this cluster, of this or an older etcd, is welcome", () => {
  expect(wrongs({ clusterUid: "a", etcdVersion: "3.6.1" })).toEqual([]);
  expect(wrongs({ clusterUid: "a", etcdVersion: "3.7.0" }, 24)).toEqual([]);
});

test("one of another cluster, of a newer etcd, or too old is not", () => {
  expect(wrongs({ clusterUid: "b", etcdVersion: "3.6.6" })).toEqual([
    "it is of the cluster a, this one is b",
  ]);
  expect(wrongs({ clusterUid: "a", etcdVersion: "3.5.21" })[0]).toContain("which is older");
  expect(wrongs({ clusterUid: "a", etcdVersion: "3.6.6" }, 5)).toEqual(["it is 6.0 h old"]);
});
