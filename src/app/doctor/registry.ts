import { captureChecks } from "./capture-checks.ts";
import type { Check } from "./check.ts";
import { derivedChecks } from "./derived-checks.ts";
import { factChecks } from "./fact-checks.ts";
import { machineChecks } from "./machine-checks.ts";
import { repositoryChecks } from "./repository-checks.ts";
import { sourceChecks } from "./source-checks.ts";
import { telemetryChecks } from "./telemetry-checks.ts";

/** Everything `doctor` looks at, in the order it tells. */
export const checks: readonly Check[] = [
  ...factChecks,
  ...derivedChecks,
  ...machineChecks,
  ...sourceChecks,
  ...telemetryChecks,
  ...captureChecks,
  ...repositoryChecks,
];
