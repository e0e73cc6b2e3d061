// A recorder into a folder that goes away with the test.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { Recorder } from "../../timeline/recorder.ts";

export function testRecorder(): Recorder {
  const folder = mkdtempSync(join(tmpdir(), "kubedrill-"));
  const recorder = new Recorder(join(folder, "timeline.jsonl"));
  onTestFinished(() => {
    recorder.close();
    rmSync(folder, { recursive: true });
  });
  return recorder;
}
