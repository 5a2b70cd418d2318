import type { DoctorCheck, DoctorFinding, DoctorReport } from "../../contract/doctor.ts";
import { UserError } from "../../contract/errors.ts";
import { hasDerived, openDerived } from "../../store/derived-store.ts";
import type { Database } from "../../store/duckdb/database.ts";
import { FactStore } from "../../store/store.ts";
import type { DoctorOptions } from "../assay.ts";
import { type Config, defaultConfig } from "../config.ts";
import { basisOf, readBasis, readOptionsConfig } from "../derived.ts";
import type { OpenAssayOptions } from "../open-assay.ts";
import { type Check, type DoctorContext, failed } from "./check.ts";
import { checks } from "./registry.ts";

/** Makes every check that can be made. Changes nothing; what cannot be opened is a finding, not an error. */
export async function doctor(options: OpenAssayOptions, asked: DoctorOptions): Promise<DoctorReport> {
  const [config, configError] = await orUserError<Config>(async () => readOptionsConfig(options));
  const [facts, factsError] = await orUserError(() => FactStore.open(options.folder, { readOnly: true }));
  const context: DoctorContext = { options, asked, config: config ?? defaultConfig, configError, factsError };
  const derived = facts === null || configError !== null ? null : await readableDerived(options, facts);
  try {
    const made: DoctorCheck[] = [];
    const notMade: string[] = [];
    for (const check of checks) {
      const finding = await findingOf(check, context, facts, derived);
      if (finding === null) notMade.push(check.id);
      else made.push({ id: check.id, theme: check.theme, ...finding });
    }
    return { checks: made, notMade };
  } finally {
    derived?.close();
    facts?.close();
  }
}

/** @returns null where what the check needs is not open */
async function findingOf(
  check: Check,
  context: DoctorContext,
  facts: FactStore | null,
  derived: Database | null,
): Promise<DoctorFinding | null> {
  try {
    switch (check.needs) {
      case "nothing":
        return await check.run(context);
      case "facts":
        return facts === null ? null : await check.run(context, facts);
      case "derived":
        return derived === null ? null : await check.run(context, derived);
    }
  } catch (cause) {
    const said = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    return failed(`The check could not be made: ${said}`, "The file may be damaged: keep a copy of the store, and report this.");
  }
}

/** Opens what is derived if this version, with these settings, made it: other tables may have other columns. */
async function readableDerived(options: OpenAssayOptions, facts: FactStore): Promise<Database | null> {
  if (!hasDerived(options.folder)) return null;
  const [derived] = await orUserError(() => openDerived(options.folder));
  if (derived === null) return null;
  const [known, basis] = [await readBasis(derived), await basisOf(options, facts)];
  if (known?.frame === basis.frame) return derived;
  derived.close();
  return null;
}

/** What an attempt gave, or what the user can mend; faults pass. */
async function orUserError<T>(attempt: () => Promise<T>): Promise<readonly [T, null] | readonly [null, UserError]> {
  try {
    return [await attempt(), null];
  } catch (error) {
    if (error instanceof UserError) return [null, error];
    throw error;
  }
}
