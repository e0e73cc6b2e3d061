// Containers that really run, asked of each machine's runtime: whether workloads live on is seen, not assumed, while
// the API is dead and says nothing.
import type { Machine } from "../lab/world.ts";
import { parseContainers, type RunningContainer } from "./container-list.ts";
import { followMachine, type Feed } from "./feed.ts";
import type { PowerWatch } from "./machines.ts";
import type { Probe } from "./probe.ts";
import { Blindness, StateBook } from "./state-book.ts";

export interface ContainersProbeOptions {
  machines: readonly Machine[];
  power: PowerWatch;
  /** Between two looks at the machine's running tasks; the runtime itself is asked when they have changed. */
  tickMs: number;
}

/**
 * Id "containers". Subject "<machine>/<namespace>/<pod>/<container>" → container id, null when it is gone; a new id is
 * a restart. Blind for "<machine>/*" while the machine is off, or its runtime does not answer.
 */
export function containersProbe({ machines, power, tickMs }: ContainersProbeOptions): Probe {
  const silenceMs = Math.max(15_000, 10 * tickMs);
  const info: Probe["info"] = {
    probe: "containers",
    title: "Containers running on the machines",
    group: "workload",
    tickMs,
    timeoutMs: silenceMs,
    labels: {},
  };
  let feeds: Feed[] = [];
  let blind: Blindness[] = [];
  return {
    info,
    async start(recorder) {
      recorder.record({ type: "probe", ...info });
      const book = new StateBook(recorder, info.probe);
      feeds = machines.map((machine) => {
        const prefix = `${machine.name}/`;
        const blindness = new Blindness(recorder, info.probe, `${prefix}*`);
        blind.push(blindness);
        return followMachine({
          machine,
          power,
          script: containersScript(tickMs),
          silenceMs,
          onLine: (line) => {
            if (line === "same") {
              blindness.seen();
              return;
            }
            const running = parseContainers(line);
            if (running === undefined) {
              blindness.lost("the container runtime does not answer");
              return;
            }
            blindness.seen();
            book.replace(prefix, ...valuesOf(machine.name, running));
          },
          onLost: (state) => {
            blindness.lost(
              state === "running" ? "the machine is not seen" : `the machine is ${state ?? "not seen"}`,
            );
          },
        });
      });
      await Promise.all(feeds.map((each) => each.first));
    },
    async stop() {
      await Promise.all(feeds.map((each) => each.stop()));
      for (const each of blind) each.stop();
      blind = [];
    },
  };
}

/** Subjects and ids, and what is said with a change. */
function valuesOf(
  machine: string,
  running: readonly RunningContainer[],
): [Map<string, string>, Map<string, string>] {
  const subject = (each: RunningContainer) => `${machine}/${each.namespace}/${each.pod}/${each.name}`;
  return [
    new Map(running.map((each) => [subject(each), each.id])),
    new Map(
      running.map((each) => [subject(each), `attempt ${String(each.attempt)}, created ${each.createdAt}`]),
    ),
  ];
}

/** One folder per running task, named by its id, with the process id of its init. */
const containerdTasks = "/run/containerd/io.containerd.runtime.v2.task/k8s.io";

/**
 * crictl costs some 30 ms of CPU, so it runs only when the set of living tasks has changed (read by the shell alone,
 * without a process: containerd's task folders and whether their first process lives), once more soon after that, because
 * a task lives a moment before the runtime calls its container running, and every 20th time anyway. With another runtime
 * there are no such folders; then every 4th time. Says "same", the list, or "error".
 */
export function containersScript(tickMs: number, tasks = containerdTasks): string {
  return `
tasks=${tasks}
last=; left=0
while :; do
  living=
  for task in $tasks/*; do
    # The file has no end of line, so read finds what is in it and fails.
    pid=; read -r pid < $task/init.pid
    if [ -n "$pid" ] && [ -d /proc/$pid ]; then living="$living \${task##*/}"; fi
  done 2>/dev/null
  if [ $left -gt 0 ] && [ "$living" = "$last" ]; then
    left=$((left - 1))
    echo same
  else
    list=$(timeout 5 crictl ps -o json 2>/dev/null | tr -d '\\n')
    case "$list" in
      {*)
        echo "$list"
        left=20
        [ -d $tasks ] || left=4
        [ "$living" = "$last" ] || left=1
        last=$living ;;
      *) echo error ;;
    esac
  fi
  sleep ${String(tickMs / 1000)}
done`;
}
