import { expect, it } from "vitest";
import { veleroPlace, type StorageLocations } from "./velero.ts";

const location = (name: string, phase?: string, isDefault?: boolean): StorageLocations[number] => ({
  metadata: { name, namespace: "velero" },
  spec: isDefault === undefined ? {} : { default: isDefault },
  ...(phase === undefined ? {} : { status: { phase } }),
});

it("prefers the default location", () => {
  const found = veleroPlace([location("first", "Available"), location("usual", "Available", true)]);
  expect(found).toEqual({ namespace: "velero", location: "usual" });
});

it("leaves out what Velero cannot reach or has not looked at", () => {
  expect(veleroPlace([location("away", "Unavailable", true), location("new")])).toBeNull();
  expect(veleroPlace([location("away", "Unavailable", true), location("other", "Available")])?.location).toBe(
    "other",
  );
});
