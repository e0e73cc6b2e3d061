import { expect, test } from "vitest";
import { until } from "./until.ts";

test("returns what the look returns as soon as it is there", async () => {
  let looks = 0;
  const seen = await until(() => (++looks === 3 ? "there" : undefined), {
    what: "it",
    timeoutMs: 5000,
    intervalMs: 5,
  });
  expect(seen).toBe("there");
  expect(looks).toBe(3);
});

test("says what it waited for and why it was not there", async () => {
  const look = () => Promise.reject(new Error("connection refused"));
  await expect(until(look, { what: "the API", timeoutMs: 60.4, intervalMs: 10 })).rejects.toThrow(
    "Waited 0.1 s for the API: connection refused.",
  );
});

test("a look that hangs is bounded by the signal that it gets", async () => {
  const hang = (signal: AbortSignal) =>
    new Promise<boolean>((_, reject) => {
      signal.addEventListener("abort", () => {
        reject(new Error("cut off"));
      });
    });
  await expect(until(hang, { what: "a hang", timeoutMs: 50, intervalMs: 5 })).rejects.toThrow(
    "Waited 0.1 s for a hang",
  );
});

test("an abort ends it with the abort's reason", async () => {
  const abort = new AbortController();
  const waiting = until(() => false, {
    what: "never",
    timeoutMs: 60_000,
    intervalMs: 5,
    signal: abort.signal,
  });
  abort.abort(new Error("interrupted"));
  await expect(waiting).rejects.toThrow("interrupted");
});
