import { statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withTemporaryFolder } from "./temporary-folder.ts";

test("it is its owner's alone while it is used, and gone after, also when that fails", async () => {
  let used = "";
  const failing = withTemporaryFolder("test", async (folder) => {
    used = folder;
    await writeFile(join(folder, "file"), "");
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    throw new Error("on purpose");
  });
  await expect(failing).rejects.toThrow("on purpose");
  expect(statSync(used, { throwIfNoEntry: false })).toBeUndefined();
});
