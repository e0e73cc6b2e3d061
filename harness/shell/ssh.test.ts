// Against a real sshd on a loopback port.
import { access, chmod, readFile, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { until } from "../base/until.ts";
import type { Shell } from "./shell.ts";
import type { SshSpec } from "./ssh-pool.ts";
import { sshShell } from "./ssh.ts";
import { childrenOf, isRunning, testSshd, type TestSshd } from "./testing/sshd.ts";

let sshd: TestSshd;
let folder: string;
let spec: SshSpec;

beforeAll(async () => {
  sshd = await testSshd();
  folder = sshd.folder;
  spec = {
    via: "ssh",
    host: "127.0.0.1",
    port: sshd.port,
    user: userInfo().username,
    keyFile: join(folder, "user"),
    hostKey: await readFile(join(folder, "host.pub"), "utf8"),
  };
  await sshd.start();
});

afterAll(() => sshd.remove());

describe("ssh", () => {
  test("runs scripts, hands over output, standard input, bytes and exit codes", async () => {
    const shell = opened();
    const result = await shell.run(`echo "it's"; echo problem >&2; exit 3`, {
      timeoutMs: 5000,
      okExitCodes: [3],
    });
    expect(result).toEqual({ exitCode: 3, stdout: "it's\n", stderr: "problem\n" });
    const echoed = await shell.run("cat; command -v sysctl", { timeoutMs: 5000, stdin: "from here\n" });
    expect(echoed.stdout).toMatch(/^from here\n\/\S*sbin\/sysctl\n$/);
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256));
    await writeFile(join(folder, "it's data"), bytes);
    expect((await shell.readFile(join(folder, "it's data"), { timeoutMs: 5000 })).equals(bytes)).toBe(true);
  });

  test("a failing command says where, what, how and its last words, without secrets", async () => {
    const script = "printf 'one\\ntwo\\nlogin with password=hunter2hunter2 failed\\n' >&2; exit 7";
    await expect(opened("cp1").run(script, { timeoutMs: 5000, stdin: "secret-input" })).rejects.toThrow(
      /^On cp1: `printf .*` exited with 7: one · two · login with password=\(hidden\) failed\.$/,
    );
  });

  test("many commands at once share few connections", async () => {
    const shell = opened();
    const results = await Promise.all(
      Array.from({ length: 24 }, (_, index) =>
        shell.run(`sleep 0.2; echo ${String(index)} $SSH_CONNECTION`, { timeoutMs: 10_000 }),
      ),
    );
    const lines = results.map((each) => each.stdout.trim().split(" "));
    expect(lines.map(([index]) => Number(index))).toEqual(Array.from({ length: 24 }, (_, index) => index));
    expect(new Set(lines.map((line) => line[2])).size).toBeLessThanOrEqual(4);
  });

  test("another host key is refused before anything is sent", async () => {
    const hostKey = await readFile(join(folder, "other-host.pub"), "utf8");
    const shell = opened("cp1", { hostKey });
    await expect(shell.run(`touch ${folder}/intruded`, { timeoutMs: 5000 })).rejects.toThrow(
      /another SSH host key than the lab file has for cp1/,
    );
    await expect(access(join(folder, "intruded"))).rejects.toThrow();
  });

  test("a key that the machine does not know, and one that others can read, are named", async () => {
    const stranger = opened("cp1", { keyFile: join(folder, "stranger") });
    await expect(stranger.run("true", { timeoutMs: 5000 })).rejects.toThrow(/cp1 refuses the key .*stranger/);
    await chmod(join(folder, "stranger"), 0o644);
    onTestFinished(() => chmod(join(folder, "stranger"), 0o600));
    await expect(stranger.run("true", { timeoutMs: 5000 })).rejects.toThrow(/can be read by others/);
  });

  test("a command that hangs ends at its limit, here and on the machine", async () => {
    const shell = opened();
    const script = `echo $$ > ${folder}/hanging; sleep 60`;
    await shell.run("true", { timeoutMs: 10_000 });
    await expect(shell.run(script, { timeoutMs: 2000 })).rejects.toThrow(/took longer than 2 s/);
    const pid = Number(await readFile(join(folder, "hanging"), "utf8"));
    await until(() => !isRunning(pid), { what: "the remote command to end", timeoutMs: 6000 });
    expect((await shell.run("echo on", { timeoutMs: 5000 })).stdout).toBe("on\n");
  });

  test("the caller's signal ends a command with the caller's reason", async () => {
    const controller = new AbortController();
    const running = opened().run("sleep 60", { timeoutMs: 30_000, signal: controller.signal });
    setTimeout(() => {
      controller.abort(new Error("enough"));
    }, 300);
    await expect(running).rejects.toThrow("enough");
  });

  test("a connection killed in mid-command is an error, and the next command connects anew", async () => {
    const shell = opened("cp1");
    const session = await sessionOf(shell);
    const running = shell.run("sleep 30", { timeoutMs: 20_000 });
    const outcome = expect(running).rejects.toThrow(
      /On cp1: `sleep 30` was cut off: the connection was lost/,
    );
    await until(async () => (await childrenOf(session)) !== "", {
      what: "the command",
      timeoutMs: 5000,
    });
    process.kill(session, "SIGKILL");
    await outcome;
    expect((await shell.run("echo again", { timeoutMs: 5000 })).stdout).toBe("again\n");
  });

  test("a machine that was off is reached again; while it is off that is said", async () => {
    const shell = opened("cp1");
    await shell.run("true", { timeoutMs: 5000 });
    await sshd.stop();
    await expect(shell.run("true", { timeoutMs: 5000 })).rejects.toThrow(
      /connection was lost|cannot be reached/,
    );
    await expect(shell.run("true", { timeoutMs: 5000 })).rejects.toThrow(/cp1 cannot be reached by SSH/);
    await sshd.start();
    expect((await shell.run("echo back", { timeoutMs: 5000 })).stdout).toBe("back\n");
  });

  test("a frozen machine is an error within the limit, and works again after the thaw", async () => {
    const shell = opened("cp1");
    const session = await sessionOf(shell);
    const frozen = [sshd.pid(), session];
    for (const pid of frozen) process.kill(pid, "SIGSTOP");
    const started = performance.now();
    await expect(shell.run("true", { timeoutMs: 3500 })).rejects.toThrow(/took longer than 3.5 s/);
    expect(performance.now() - started).toBeLessThan(5000);
    for (const pid of frozen) process.kill(pid, "SIGCONT");
    expect((await shell.run("echo thawed", { timeoutMs: 10_000 })).stdout).toBe("thawed\n");
  });

  test("streams lines until aborted, and what ran on the machine ends with it", async () => {
    const controller = new AbortController();
    const lines: string[] = [];
    const streaming = opened().stream(
      `echo $$; for i in 1 2 3 4 5 6; do echo tick; sleep 0.05; done; while :; do sleep 0.05; done`,
      {
        signal: controller.signal,
        silenceMs: 3000,
        onLine: (line) => {
          lines.push(line);
        },
      },
    );
    await until(() => lines.length > 5, { what: "lines", timeoutMs: 5000, intervalMs: 20 });
    controller.abort();
    await streaming;
    expect(lines.slice(1).every((line) => line === "tick")).toBe(true);
    const pid = Number(lines[0]);
    await until(() => !isRunning(pid), { what: "the remote script to end", timeoutMs: 5000 });
  });

  test("a stream that falls silent, ends by itself or loses its connection is an error", async () => {
    const shell = opened("cp1");
    const options = { signal: new AbortController().signal, onLine: () => undefined };
    await expect(shell.stream("echo once; sleep 30", { ...options, silenceMs: 500 })).rejects.toThrow(
      /said nothing for 0.5 s/,
    );
    await expect(shell.stream("echo why >&2; exit 4", { ...options, silenceMs: 5000 })).rejects.toThrow(
      /ended by itself with 4: why/,
    );
    const kill = "echo up; sleep 0.3; kill -KILL $(ps -o ppid= -p $PPID)";
    await expect(shell.stream(kill, { ...options, silenceMs: 5000 })).rejects.toThrow(/connection was lost/);
  });
});

function opened(machine = "m1", changes: Partial<SshSpec> = {}): Shell {
  const shell = sshShell({ ...spec, ...changes }, machine);
  onTestFinished(() => shell.close());
  return shell;
}

/** The sshd process that serves the shell's connection: the parent of the command that a script runs in. */
async function sessionOf(shell: Shell): Promise<number> {
  return Number((await shell.run("ps -o ppid= -p $PPID", { timeoutMs: 5000 })).stdout);
}
