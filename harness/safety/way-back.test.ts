import { expect, it } from "vitest";
import type { World } from "../lab/world.ts";
import { wayBack, wayBackEntry, type WayBack } from "./way-back.ts";

const stage = (title: string, run: string) => ({
  title,
  limitMs: 1000,
  commands: ["m1", "m2"].map((machine) => ({ machine, run })),
});
const args: WayBack = {
  machines: ["m1", "m2"],
  begun: ["m1", "m2"].map((machine) => ({ machine, path: "/begun" })),
  committed: ["m1", "m2"].map((machine) => ({ machine, path: "/committed" })),
  back: [stage("stop", "STOP"), stage("swap", "SWAP")],
  finish: [stage("start", "START")],
  clean: [stage("clean", "CLEAN")],
  check: stage("check", "CHECK"),
};

/** Machines on which such files exist, and what was run on them, in order. */
function machines(
  files: Record<string, string[]>,
  answer: (machine: string, script: string) => string = () => "",
) {
  const ran: string[] = [];
  const machine = (name: string) => ({
    shell: {
      run: (script: string) => {
        expect(script).toMatch(/flock -w \d+ 9|CHECK/);
        const path = /-e (\S+) /.exec(script)?.[1];
        if (path !== undefined && script.includes("echo there"))
          return Promise.resolve({ stdout: files[name]?.includes(path) === true ? "there\n" : "" });
        ran.push(`${name} ${script.split("\n").at(-1) ?? ""}`);
        return Promise.resolve().then(() => ({ stdout: answer(name, script) }));
      },
    },
  });
  return { world: { machine } as unknown as World, ran };
}

const { signal } = new AbortController();

it("goes back on every machine, stage by stage, when something was begun on one", async () => {
  const { world, ran } = machines({ m2: ["/begun"] });
  await wayBack().undo(world, args, signal);
  expect(ran).toEqual([
    ...["m1 STOP", "m2 STOP", "m1 SWAP", "m2 SWAP"],
    ...["m1 START", "m2 START", "m1 CLEAN", "m2 CLEAN"],
  ]);
});

it("only takes away what was made when nothing was begun", async () => {
  const { world, ran } = machines({});
  await wayBack().undo(world, args, signal);
  expect(ran).toEqual(["m1 CLEAN", "m2 CLEAN"]);
});

it("does not go back once the restored data counts, even if only one machine knows it", async () => {
  const { world, ran } = machines({ m1: ["/begun", "/committed"], m2: ["/begun"] });
  await wayBack().undo(world, args, signal);
  expect(ran).toEqual(["m1 START", "m2 START", "m1 CLEAN", "m2 CLEAN"]);
});

it("begins no stage before the one before has gone well everywhere, and takes nothing away then", async () => {
  const { world, ran } = machines({ m1: ["/begun"] }, (machine, script) => {
    if (machine === "m2" && script.includes("STOP")) throw new Error("it is still in use");
    return "";
  });
  await expect(wayBack().undo(world, args, signal)).rejects.toThrow("On m2, to stop: it is still in use");
  expect(ran).toEqual(["m1 STOP", "m2 STOP"]);
});

it("is not undone as long as a machine says so", async () => {
  const { world } = machines({}, (machine) => (machine === "m2" ? "etcd does not serve\n" : ""));
  await expect(wayBack().verify(world, args, signal)).rejects.toThrow("m2: etcd does not serve.");
});

it("survives the ledger as JSON, and says what to do by hand", () => {
  const entry = wayBackEntry({ id: "restore/1", runId: "", drill: "" }, args);
  expect(JSON.parse(JSON.stringify(entry.args))).toEqual(args);
  expect(entry.byHand).toEqual([
    'unless one of these exists: /committed on m1, /committed on m2: stop; then swap; the commands stand in the ledger under "back"',
    'start; the commands stand in the ledger under "finish"',
    "on m1: CLEAN",
    "on m2: CLEAN",
  ]);
});
