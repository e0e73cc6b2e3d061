// How a restore is taken back or finished, wherever it was ended, and how it is seen that nothing is left of it: what all
// strategies have in common.
import type { WayBack } from "../../safety/way-back.ts";
import type { Command, Stage } from "../../shell/stages.ts";
import { everyHost, hasKubelet, hostsOf, staticPodsOf, withoutMember, everyMember } from "./hosts.ts";
import { asideOf, standingBy, type FolderOf, committedOf, asked } from "./marks.ts";
import { manifestsDir } from "./places.ts";
import type { ClusterInput } from "./procedure.ts";
import { stopScript, startService, restartOthers } from "./static-pods.ts";
import { lookSeconds, etcdServes } from "./waits.ts";

/** @param own what is particular to a strategy: how the old data gets its place again, and what is left to take away */
export function wayBackOf(
  input: ClusterInput,
  folderOf: FolderOf,
  own: { back: Stage[]; clean: Stage },
): WayBack {
  const { lost, others } = input;
  const hosts = hostsOf(input);
  return {
    machines: [...[...hosts, ...lost].map((each) => each.machine), ...others],
    begun: hosts.map(({ machine }) => ({ machine, path: asideOf(input) })),
    committed: hosts.map((host) => ({ machine: host.machine, path: committedOf(input, folderOf, host) })),
    back: [...stopServing(input), ...own.back],
    finish: finishStages(input),
    // They know to the last that the restored data is what counts, wherever the cleaning is broken off.
    clean: [own.clean, ...cleanWithoutMember(input)],
    check: checkStage(input, folderOf),
  };
}

/** A control plane without a member may have been given the restored data a moment ago. */
function stopServing(input: ClusterInput): Stage[] {
  const commands = everyHost(
    withoutMember(input),
    (host) => `if [ -d ${asideOf(input)} ]; then
${stopScript(input, host)}
fi`,
  );
  if (commands.length === 0) return [];
  return [{ title: "stop the control planes without a member", limitMs: 60_000, commands }];
}

/** What is aside goes in an instant, so that never only half of it is there. */
function cleanWithoutMember(input: ClusterInput): Stage[] {
  const commands = cleanedWithoutMember(input);
  if (commands.length === 0) return [];
  return [
    { title: "take away what the control planes without a member have of it", limitMs: 20_000, commands },
  ];
}

export function cleanedWithoutMember(input: ClusterInput): Command[] {
  const aside = asideOf(input);
  return everyHost(
    withoutMember(input),
    () => `if [ -d ${aside} ]; then
  for each in ${aside}/*.yaml; do if [ -e "$each" ]; then echo "$each is not back in its place" >&2; exit 1; fi; done
  mv ${aside} ${aside}-over
fi
rm -rf ${aside}-over ${standingBy(input)}`,
  );
}

/** What is still aside is put back, and every kubelet runs. */
function finishStages(input: ClusterInput): Stage[] {
  const aside = asideOf(input);
  return [
    {
      title: "put the manifests back and start the kubelets",
      limitMs: 30_000,
      commands: everyHost(
        hostsOf(input),
        (host) => `if [ -d ${aside} ]; then
  ${host.place?.runtime === "systemd" ? startService : ":"}${hasKubelet(host) ? `\n${podsBack(aside)}` : ""}
fi`,
      ),
    },
    restartOthers(input),
  ];
}

function podsBack(aside: string): string {
  return `  moved=no
  for each in ${aside}/*.yaml; do if [ -e "$each" ]; then mv "$each" ${manifestsDir}/; moved=yes; fi; done
  if [ $moved = yes ]; then systemctl restart kubelet; else systemctl start kubelet; fi`;
}

export function forgetAsking(input: ClusterInput): Command[] {
  return input.others.map((machine) => ({ machine, run: `rm -f ${asked(input)}` }));
}

export function cleanStage(input: ClusterInput, folderOf: FolderOf): Stage {
  return {
    title: "take away what the restore has made",
    limitMs: 60_000,
    commands: [
      ...everyMember(
        input.places,
        (place) => `if [ -d ${asideOf(input)} ]; then rmdir ${asideOf(input)}; fi; rm -rf ${folderOf(place)}`,
      ),
      ...forgetAsking(input),
    ],
  };
}

function checkStage(input: ClusterInput, folderOf: FolderOf): Stage {
  return {
    title: "see that nothing is left of it, and that etcd serves",
    limitMs: 130_000,
    commands: everyHost(hostsOf(input), (host) =>
      [
        `for each in ${[...(host.place === null ? [`${asideOf(input)}-over`] : [folderOf(host.place)]), asideOf(input)].join(" ")}; do if [ -e $each ]; then echo "there is still $each"; fi; done`,
        ...(hasKubelet(host) ? [podsInPlace(staticPodsOf(host))] : []),
        ...(host.place === null ? [] : [memberServes(input)]),
      ].join("\n"),
    ),
  };
}

function podsInPlace(names: readonly string[]): string {
  return `for each in ${names.join(" ")}; do if [ ! -e ${manifestsDir}/$each.yaml ]; then echo "there is no ${manifestsDir}/$each.yaml"; fi; done
systemctl is-active --quiet kubelet || echo "the kubelet does not run"`;
}

function memberServes(input: ClusterInput): string {
  return `for i in $(seq 300); do if ${etcdServes(input)}; then exit 0; fi; sleep ${String(lookSeconds)}; done
echo "etcd does not serve"`;
}
