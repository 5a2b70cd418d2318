import type { Reporter } from "vitest/node";

/**
 * Ends a test run with one plain line, `N passed, N failed`. A test file that does not load and an error outside any
 * test count as failed, so that the line never looks better than the exit code.
 */
export default class PlainReporter implements Reporter {
  readonly onTestRunEnd: NonNullable<Reporter["onTestRunEnd"]> = (modules, unhandledErrors) => {
    let passed = 0;
    let failed = unhandledErrors.length;
    for (const module of modules) {
      const tests = [...module.children.allTests()].map((test) => test.result().state);
      const failedTests = tests.filter((state) => state === "failed").length;
      passed += tests.filter((state) => state === "passed").length;
      failed += failedTests === 0 && !module.ok() ? 1 : failedTests;
    }
    process.stdout.write(`${passed} passed, ${failed} failed\n`);
  };
}
