import js from "@eslint/js";
import { defineConfig, type Config } from "eslint/config";
import tseslint from "typescript-eslint";

/**
 * The rooms of the harness and which rooms each may import; imports go one way. A new arrow is a decision, made here.
 * `base` (errors, waiting, paths) is open to all.
 */
const arrows: Record<string, string[]> = {
  base: [],
  timeline: ["lab", "verdict"],
  verdict: ["timeline", "lab"],
  shell: ["lab"],
  machines: ["lab", "shell"],
  kube: ["lab"],
  lab: ["machines", "shell", "kube", "timeline"],
  faults: ["lab", "machines", "shell", "kube", "timeline"],
  probes: ["lab", "machines", "shell", "kube", "timeline", "verdict"],
  load: ["timeline"],
  distributed: ["load", "lab", "kube", "safety", "workloads"],
  workloads: ["lab", "kube", "timeline", "safety"],
  recovery: ["lab", "shell", "kube", "safety"],
  safety: ["faults", "lab", "machines", "shell", "kube"],
};

export default defineConfig([
  { ignores: ["node_modules/", "dist/", ".kubedrill/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/consistent-type-definitions": ["error", "interface"],
      "no-console": "error",
      eqeqeq: "error",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { ignoreRestSiblings: true, destructuredArrayIgnorePattern: "^_" },
      ],
    },
  },
  {
    files: ["**/*.mjs"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        URL: "readonly",
        AbortSignal: "readonly",
        setTimeout: "readonly",
        clearTimeout: "readonly",
      },
    },
    rules: { "no-console": "off" },
  },
  ...roomRules(),
  forbid(
    "scenarios/**/*.ts",
    String.raw`^(\.\./)+(?!\.\./|harness/index\.ts$)`,
    "A drill imports only harness/index.ts.",
  ),
  forbid(
    "reports/**/*.ts",
    String.raw`harness/(?!(timeline|verdict|base|lab)/)`,
    "Reports know timelines and verdicts, never a cluster.",
  ),
]);

/** Tests may look into any room; product code only along the arrows. Rooms may have folders, one level deep. */
function roomRules(): Config[] {
  const rooms = [...Object.keys(arrows), "cli"];
  return Object.entries(arrows).flatMap(([room, open]) => {
    const shut = rooms.filter((other) => other !== room && other !== "base" && !open.includes(other));
    const message = `harness/${room} may import only: base${open.map((each) => `, ${each}`).join("")}.`;
    const outside = (up: string) => String.raw`^${up}(${shut.join("|")}|[a-z-]+\.ts$)(/|$)`;
    return [
      forbid(`harness/${room}/*.ts`, outside(String.raw`\.\./`), message),
      forbid(`harness/${room}/*/**/*.ts`, outside(String.raw`(\.\./){2,}`), message),
    ];
  });
}

function forbid(files: string, regex: string, message: string): Config {
  return {
    files: [files],
    ignores: ["**/*.test.ts"],
    rules: { "no-restricted-imports": ["error", { patterns: [{ regex, message }] }] },
  };
}
