import { expect, it } from "vitest";
import { linkedLibraries, parseLdd } from "./linked-libraries.ts";

it("reads names, the loader, and nothing that is not a file", () => {
  const output = [
    "\tlinux-vdso.so.1 (0x00007ffc)",
    "\tlibmnl.so.0 => /lib/x86_64-linux-gnu/libmnl.so.0 (0x00007f15)",
    "\tlibgone.so.1 => not found",
    "\t/lib64/ld-linux-x86-64.so.2 (0x00007f1b)",
  ].join("\n");
  expect(parseLdd(output)).toEqual(["/lib/x86_64-linux-gnu/libmnl.so.0", "/lib64/ld-linux-x86-64.so.2"]);
});

it("finds the C library of a real program", async () => {
  const found = await linkedLibraries("/", ["/bin/ls", "/bin/cat"]);
  expect(found.filter((path) => path.includes("/libc.so"))).toHaveLength(1);
});
