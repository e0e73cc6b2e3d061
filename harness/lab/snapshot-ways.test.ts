import { expect, it } from "vitest";
import { snapshotWays } from "./snapshot-ways.ts";

const snapshotClass = (name: string, driver: string, deletionPolicy = "Delete", isDefault = false) => ({
  metadata: {
    name,
    ...(isDefault ? { annotations: { "snapshot.storage.kubernetes.io/is-default-class": "true" } } : {}),
  },
  driver,
  deletionPolicy,
});
const storageClass = (name: string, provisioner: string, reclaimPolicy?: string) => ({
  metadata: { name },
  provisioner,
  ...(reclaimPolicy === undefined ? {} : { reclaimPolicy }),
});

it("pairs classes of one driver, the default first", () => {
  const ways = snapshotWays(
    [snapshotClass("first", "a.example"), snapshotClass("usual", "b.example", "Delete", true)],
    [storageClass("slow", "a.example"), storageClass("fast", "b.example", "Delete")],
  );
  expect(ways).toEqual([
    { snapshotClass: "usual", storageClass: "fast", driver: "b.example" },
    { snapshotClass: "first", storageClass: "slow", driver: "a.example" },
  ]);
});

it("leaves out what would keep its data, and drivers without a storage class", () => {
  const ways = snapshotWays(
    [
      snapshotClass("kept", "a.example", "Retain"),
      snapshotClass("alone", "c.example"),
      snapshotClass("b", "b.example"),
    ],
    [storageClass("slow", "a.example"), storageClass("kept", "b.example", "Retain")],
  );
  expect(ways).toEqual([]);
});
