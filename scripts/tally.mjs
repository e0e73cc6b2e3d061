// Counts tests from the JSON that vitest writes. What did not run and pass has failed: a crash, a skip, a todo.

/** @typedef {{ passed: number, failed: number, troubles?: string[] }} Tally what did not pass, a line each */

/**
 * @param {string | undefined} json the reporter's file; undefined when it was never written
 * @param {number} exitCode of vitest
 * @returns {Tally}
 */
export function tallyOf(json, exitCode) {
  const suites = parse(json);
  if (suites === undefined) return { passed: 0, failed: 1, troubles: ["vitest left no results"] };
  let passed = 0;
  let failed = 0;
  /** @type {string[]} */
  const troubles = [];
  for (const suite of suites) {
    const results = suite.assertionResults ?? [];
    const bad = results.filter((each) => each.status !== "passed");
    passed += results.length - bad.length;
    failed += bad.length;
    for (const each of bad)
      troubles.push(trouble(each.fullName ?? "a test", each.failureMessages?.[0] ?? each.status));
    // The file itself broke (import, hook): vitest then lists no failed test of it.
    if (suite.status !== "passed" && bad.length === 0) {
      failed += 1;
      troubles.push(trouble(suite.name ?? "a file of tests", suite.message));
    }
  }
  // An error outside every test, or no test at all, shows only in the exit code.
  if (failed === 0 && (exitCode !== 0 || passed === 0)) {
    failed += 1;
    troubles.push(
      passed === 0 ? "no test ran" : `vitest ended with ${String(exitCode)}: an error outside every test`,
    );
  }
  return { passed, failed, troubles };
}

/** The last lines of a run of tests: what did not pass, by name, then the closing line. @param {Tally} tally */
export function ending(tally) {
  return [...(tally.troubles ?? []).map((each) => `not passed: ${each}`), closingLine(tally)].join("\n");
}

/** The one plain line by which a run of tests ends. @param {Tally} tally */
export function closingLine(tally) {
  return `${String(tally.passed)} passed, ${String(tally.failed)} failed`;
}

/** @param {readonly Tally[]} tallies @returns {Tally} */
export function sum(tallies) {
  return {
    passed: tallies.reduce((total, each) => total + each.passed, 0),
    failed: tallies.reduce((total, each) => total + each.failed, 0),
    troubles: tallies.flatMap((each) => each.troubles ?? []),
  };
}

/** @param {string} name @param {string | undefined} why only its first line is told */
function trouble(name, why) {
  const first = (why ?? "").split("\n", 1)[0]?.trim();
  return first ? `${name}: ${first}` : name;
}

/**
 * What is read of vitest's JSON.
 * @typedef {{ status?: string, fullName?: string, failureMessages?: string[] }} Result
 * @typedef {{ name?: string, status?: string, message?: string, assertionResults?: Result[] }} Suite
 */

/**
 * @param {string | undefined} json
 * @returns {Suite[] | undefined}
 */
function parse(json) {
  try {
    const suites = JSON.parse(json ?? "").testResults;
    return Array.isArray(suites) ? suites : undefined;
  } catch {
    return undefined;
  }
}
