// Counts tests from the JSON that vitest writes. What did not run and pass has failed: a crash, a skip, a todo.

/** @typedef {{ passed: number, failed: number }} Tally */

/**
 * @param {string | undefined} json the reporter's file; undefined when it was never written
 * @param {number} exitCode of vitest
 * @returns {Tally}
 */
export function tallyOf(json, exitCode) {
  const suites = parse(json);
  if (suites === undefined) return { passed: 0, failed: 1 };
  let passed = 0;
  let failed = 0;
  for (const suite of suites) {
    const results = suite.assertionResults ?? [];
    const good = results.filter((each) => each.status === "passed").length;
    passed += good;
    failed += results.length - good;
    // The file itself broke (import, hook): vitest then lists no failed test of it.
    if (suite.status !== "passed" && good === results.length) failed += 1;
  }
  // An error outside every test, or no test at all, shows only in the exit code.
  if (failed === 0 && (exitCode !== 0 || passed === 0)) failed += 1;
  return { passed, failed };
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
  };
}

/**
 * @param {string | undefined} json
 * @returns {{ status?: string, assertionResults?: { status?: string }[] }[] | undefined}
 */
function parse(json) {
  try {
    const suites = JSON.parse(json ?? "").testResults;
    return Array.isArray(suites) ? suites : undefined;
  } catch {
    return undefined;
  }
}
