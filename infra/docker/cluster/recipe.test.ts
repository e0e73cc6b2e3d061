import { expect, test } from "vitest";
import { planLayout, type LayoutOptions } from "./layout.ts";
import { recipeOf } from "./recipe.ts";
import { layoutSchema } from "./state.ts";

const wish: LayoutOptions = {
  name: "test",
  kubernetes: "v1.35.0",
  controlPlanes: 3,
  workers: 2,
  workerMemoryGiB: 6,
  etcdLayout: "stacked",
  etcdRuntime: "pod",
  subnet: "10.201.0.0/16",
};

test("a layout that was written down and read again has the same recipe", async () => {
  const layout = planLayout(wish);
  const again = layoutSchema.parse(JSON.parse(JSON.stringify(layout)));
  expect(await recipeOf(again)).toBe(await recipeOf(layout));
});

test("whatever changes a machine's files changes the recipe", async () => {
  const layout = planLayout(wish);
  const [first, ...others] = layout.machines;
  if (first === undefined) throw new Error("no machine");
  const changed = { ...layout, machines: [{ ...first, vrrpPriority: 100 }, ...others] };
  expect(await recipeOf(changed)).not.toBe(await recipeOf(layout));
});
