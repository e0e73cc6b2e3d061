import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { run } from "./children.mjs";

const children = fileURLToPath(new URL("children.mjs", import.meta.url));

describe("a child", () => {
  test("gives its exit code and output", async () => {
    expect(await run("sh", ["-c", "echo out; echo err >&2; exit 7"], { quiet: true })).toEqual({
      code: 7,
      output: "out\nerr\n",
    });
  });

  test("that a signal ended gives 128 + n", async () => {
    expect((await run("sh", ["-c", "kill -9 $$"], { quiet: true })).code).toBe(137);
  });

  test("that is not there gives 127 and says its name", async () => {
    const ended = await run("kubedrill-no-such-program", [], { quiet: true });
    expect(ended.code).toBe(127);
    expect(ended.output).toContain("kubedrill-no-such-program");
  });

  test("that takes too long is ended and gives 124", async () => {
    expect((await run("sleep", ["60"], { quiet: true, timeoutMs: 200 })).code).toBe(124);
  });
});

describe("signals", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "%s reaches the child, whose exit code counts",
    async (signal) => {
      const child = "trap 'echo told; exit 5' INT TERM; echo ready; while :; do sleep 0.05; done";
      expect(await interrupted(child, "", [signal])).toEqual({ code: 5, output: "ready\ntold\n" });
    },
  );

  test("one that comes twice, as npm does it, is passed on once", async () => {
    const child = "trap 'echo told' INT; echo ready; for i in 1 2 3 4 5 6 7 8 9; do sleep 0.05; done; exit 5";
    const ended = await interrupted(child, "", ["SIGINT", "SIGINT"]);
    expect(ended).toEqual({ code: 5, output: "ready\ntold\n" });
  });

  test("an interrupted step stops the script even when the step itself ended well", async () => {
    const child = "trap 'exit 0' INT; echo ready; while :; do sleep 0.05; done";
    const ended = await interrupted(child, "stopIfInterrupted(); console.log('went on');", ["SIGINT"]);
    expect(ended).toEqual({ code: 130, output: "ready\n" });
  });
});

/** Runs a script with one child, and sends it one signal after each of the first lines that the child prints. */
async function interrupted(
  child: string,
  then: string,
  signals: NodeJS.Signals[],
): Promise<{ code: unknown; output: string }> {
  const script = `
    import { passSignalsOn, run, stopIfInterrupted } from ${JSON.stringify(children)};
    passSignalsOn();
    const { code } = await run("sh", ["-c", ${JSON.stringify(child)}]);
    ${then}
    process.exit(code);`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(parent, "close");
  let output = "";
  parent.stdout.on("data", (data) => {
    output += String(data);
    const signal = signals.shift();
    if (signal !== undefined) parent.kill(signal);
  });
  const [code] = (await ended) as [unknown];
  return { code, output };
}
