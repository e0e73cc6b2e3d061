// `kubedrill lab`: the embedded lab, up, down, back to its beginning.
import { Argument, InvalidArgumentError, Option, type Command } from "commander";
import { Listr } from "listr2";
import {
  additionNames,
  defaultLabName,
  labAdd,
  labDown,
  labReplace,
  labReset,
  labStatus,
  labUp,
  pathsOfLab,
  type AdditionName,
  type LabStatus,
  type LabUpOptions,
} from "../../infra/docker/lab.ts";

const nameOption = ["--name <name>", "name of the lab; several live side by side", defaultLabName] as const;

interface Named {
  name: string;
}

/** Adds the verbs of the embedded lab to the program. */
export function registerLab(program: Command): void {
  const lab = program
    .command("lab")
    .description("the embedded lab: a real kubeadm cluster in system containers");
  registerUp(lab);
  lab
    .command("down")
    .description("remove the lab; its golden state stays in the cache for the next up")
    .option(...nameOption)
    .option("--forget", "remove the golden state too: the next up installs everything anew")
    .addHelpText("after", "\nExample: kubedrill lab down --name second")
    .action(async ({ name, forget = false }: Named & { forget?: boolean }) => {
      const removed = await withProgress(`lab ${name} down`, (onProgress) =>
        labDown({ name, forget, onProgress }),
      );
      if (!removed) say(`There was no lab ${name}.`);
    });
  lab
    .command("reset")
    .description("put the lab back to what it was when it had just come up")
    .option(...nameOption)
    .addHelpText("after", "\nExample: kubedrill lab reset")
    .action(async ({ name }: Named) => {
      await withProgress(`lab ${name} reset`, (onProgress) => labReset({ name, onProgress }));
    });
  lab
    .command("replace")
    .argument("<machine...>", "names of machines")
    .description(
      "put other machines in the place of some, with nothing on their disks: what they had is lost",
    )
    .option(...nameOption)
    .addOption(new Option("--for-run", "by the run that has the lab").hideHelp())
    .addHelpText("after", "\nExample: kubedrill lab replace cp1 cp2 cp3")
    .action(async (machines: string[], { name, forRun }: Named & { forRun?: true }) => {
      await withProgress(`lab ${name} replace`, (onProgress) =>
        labReplace(machines, { name, onProgress, forRun: forRun === true }),
      );
    });
  lab
    .command("add")
    .addArgument(new Argument("<what...>", "what it gets").choices(additionNames))
    .description("give the lab volumes that can be snapshotted, or Velero; until it is reset")
    .option(...nameOption)
    .addHelpText("after", "\nExample: kubedrill lab add volumes && kubedrill run recovery/volume-snapshot")
    .action(async (what: AdditionName[], { name }: Named) => {
      await withProgress(`lab ${name} add`, (onProgress) => labAdd(what, { name, onProgress }));
    });
  lab
    .command("status")
    .description("power, nodes and VIP of the lab, as they are now")
    .option(...nameOption)
    .option("--json", "as JSON")
    .addHelpText("after", "\nExample: kubedrill lab status --json")
    .action(async ({ name, json = false }: Named & { json?: boolean }) => {
      const status = await labStatus({ name });
      process.stdout.write(json ? `${JSON.stringify(status, null, 2)}\n` : statusText(status));
    });
  lab
    .command("env")
    .description("print what a shell needs for this lab")
    .option(...nameOption)
    .addHelpText("after", '\nExample: eval "$(kubedrill lab env)" && kubectl get nodes')
    .action(async ({ name }: Named) => {
      const { kubeconfig, bin } = await pathsOfLab(name);
      process.stdout.write(`export KUBECONFIG=${quoted(kubeconfig)}\nexport PATH=${quoted(bin)}:"$PATH"\n`);
    });
}

/** `labUp` with progress for whoever looks: a spinner on a terminal, plain lines elsewhere (standard error). */
export async function labUpWithProgress(options: LabUpOptions & Named): Promise<void> {
  await withProgress(`lab ${options.name} up`, (onProgress) => labUp({ ...options, onProgress }));
}

function registerUp(lab: Command): void {
  const memory = "memory that a worker presents, in GiB (default 6)";
  const source = new Option(
    "--components-source <source>",
    "where programs come from when they are not cached",
  );
  const layout = new Option(
    "--etcd <layout>",
    "etcd on the control planes (stacked, the default), or on as many machines of its own",
  );
  const runtime = new Option(
    "--etcd-runtime <runtime>",
    "etcd in pods, as kubeadm does (default), or as a service, as kubespray does; external: always a service",
  );
  lab
    .command("up")
    .description("bring the lab up: made anew, restored, woken or left alone, whichever it needs")
    .option(...nameOption)
    .option("--control-planes <count>", "1, 3 or 5 (default 3)", number)
    .option("--workers <count>", "1 to 20 (default 2)", number)
    .addOption(layout.choices(["stacked", "external"]))
    .addOption(runtime.choices(["pod", "systemd"]))
    .option("--kubernetes <version>", "such as 1.35 (default: the newest known)")
    .option("--worker-memory <GiB>", memory, number)
    .addOption(source.choices(["auto", "download", "build"]).default("auto"))
    .addHelpText("after", "\nExample: kubedrill lab up --name second --control-planes 1 --workers 1")
    .action(
      async ({
        workerMemory,
        etcd,
        ...options
      }: LabUpOptions & Named & { workerMemory?: number; etcd?: LabUpOptions["etcdLayout"] }) => {
        await labUpWithProgress({ ...options, etcdLayout: etcd, workerMemoryGiB: workerMemory });
      },
    );
}

/** Runs one long step; its lines are shown while it runs, and stay. */
async function withProgress<T>(
  title: string,
  work: (onProgress: (line: string) => void) => Promise<T>,
): Promise<T> {
  if (!process.stderr.isTTY) return work(say);
  const result: { value?: T } = {};
  const tasks = new Listr(
    [
      {
        title,
        task: async (_, task) => {
          result.value = await work((line) => (task.output = line));
        },
        rendererOptions: { persistentOutput: true, outputBar: Number.POSITIVE_INFINITY },
      },
    ],
    { rendererOptions: { showErrorMessage: false, timer: { condition: true, field: seconds } } },
  );
  await tasks.run();
  return result.value as T;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function statusText(status: LabStatus): string {
  const rows = status.machines.map((each) => [
    each.name,
    each.role,
    each.address,
    each.power,
    each.node === "none" ? "no node" : `node ${each.node}`,
    each.holdsVip ? "holds the VIP" : "",
  ]);
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const head = `lab ${status.name}: ${status.state} · Kubernetes ${status.kubernetes} · VIP ${status.vip}`;
  return `${[head, ...lines].join("\n")}\n`;
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("a number is wanted");
  return value;
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
