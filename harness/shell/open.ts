// From a lab file's words to a shell. A new way to run commands is one file and one line here.
import type { ShellSpec } from "../lab/lab-file.ts";
import { dockerExecShell } from "./docker-exec.ts";
import type { Shell } from "./shell.ts";
import { sshShell } from "./ssh.ts";

/** Connects nothing yet: that happens with the first command. @param machine what messages call it */
export function openShell(spec: ShellSpec, machine: string): Shell {
  switch (spec.via) {
    case "docker-exec":
      return dockerExecShell(spec.container, machine);
    case "ssh":
      return sshShell(spec, machine);
  }
}
