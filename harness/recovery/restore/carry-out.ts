// Carries out the stages of a procedure on the machines of a lab, and tells how long each took.
import { messageOf } from "../../base/errors.ts";
import type { World } from "../../lab/world.ts";
import { everywhere, oneAfterTheOther, waitForOthersMs } from "../../shell/stages.ts";
import { withEtcdTools } from "../etcd-tools.ts";
import { sendFile } from "../../shell/transfer.ts";
import type { PhasedStage } from "./procedure.ts";

export interface Told {
  stage: PhasedStage;
  /** Null: it went well. */
  error: string | null;
}

export interface StageHooks {
  signal: AbortSignal;
  onStart(stage: PhasedStage): void;
  onEnd(told: Told): void;
}

/** @throws KubedrillError (inconclusive) that names machine and stage; what was done until then stays as it is */
export async function carryOut(
  world: World,
  stages: readonly PhasedStage[],
  hooks: StageHooks,
): Promise<void> {
  for (const stage of stages) {
    hooks.signal.throwIfAborted();
    hooks.onStart(stage);
    try {
      await carryOutStage(world, stage, hooks.signal);
    } catch (error) {
      hooks.onEnd({ stage, error: messageOf(error) });
      throw error;
    }
    hooks.onEnd({ stage, error: null });
  }
}

async function carryOutStage(
  world: World,
  { title, limitMs, commands }: PhasedStage,
  signal: AbortSignal,
): Promise<void> {
  await everywhere(title, commands, async (command) => {
    const machine = world.machine(command.machine);
    if ("send" in command) {
      await sendFile(machine, command.send, command.to, signal);
      return;
    }
    const script = withEtcdTools(world.file, "/var/lib", `${oneAfterTheOther}\n${command.run}`);
    await machine.shell.run(script, { timeoutMs: limitMs + waitForOthersMs, signal });
  });
}
