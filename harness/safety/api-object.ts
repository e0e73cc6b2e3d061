// An object of the API that kubedrill has made outside of any namespace of its own, so that it goes with none.
import { z } from "zod";
import { inconclusiveError } from "../base/errors.ts";
import { until } from "../base/until.ts";
import type { World } from "../lab/world.ts";
import type { LedgerEntry } from "./mutation.ts";
import { isOurs, ownerLabel } from "./owner.ts";
import type { Undoable } from "./undo.ts";

const apiObjectKind = "api.object";

const schema = z.strictObject({ path: z.string().startsWith("/api") });
const requestMs = 10_000;

/** The ledger entry of an object that is about to be made. @param path of the object @param byHand its deletion */
export function apiObjectEntry(
  of: Pick<LedgerEntry, "id" | "runId" | "drill">,
  path: string,
  byHand: string,
): LedgerEntry {
  return {
    ...of,
    kind: apiObjectKind,
    args: { path },
    openedAt: new Date().toISOString(),
    byHand: [byHand],
  };
}

export function apiObject(): Undoable {
  const ask = (world: World, verb: "GET" | "DELETE", args: unknown) =>
    world.kube.main.raw(verb, schema.parse(args).path, { timeoutMs: requestMs, okStatus: [404, 409] });
  return {
    kind: apiObjectKind,
    needsApi: true,
    limitMs: 120_000,
    machines: () => [],
    async undo(world, args, signal) {
      const { path } = schema.parse(args);
      await until(
        async () => {
          const found = await ask(world, "GET", args);
          if (found === undefined) return { refused: false };
          if (!isOurs(found)) return { refused: true };
          await ask(world, "DELETE", args);
          return null;
        },
        { what: `${path} to be gone`, timeoutMs: 90_000, intervalMs: 1000, signal },
      ).then(({ refused }) => {
        if (refused)
          throw inconclusiveError(`${path} has no label ${ownerLabel}=kubedrill; it is not deleted.`);
      });
    },
    async verify(world, args) {
      if ((await ask(world, "GET", args)) !== undefined)
        throw inconclusiveError(`${schema.parse(args).path} is still there.`);
    },
  };
}
