/** One thing that can be wrong, as `doctor` looks for it. Checks read; none changes anything. */
import type { UserError } from "../../contract/errors.ts";
import type { DoctorFinding, DoctorTheme } from "../../contract/doctor.ts";
import type { Database } from "../../store/duckdb/database.ts";
import type { FactStore } from "../../store/store.ts";
import type { DoctorOptions } from "../assay.ts";
import type { Config } from "../config.ts";
import type { OpenAssayOptions } from "../open-assay.ts";

export interface DoctorContext {
  readonly options: OpenAssayOptions;
  readonly asked: DoctorOptions;
  /** The defaults where assay.yaml cannot be read. */
  readonly config: Config;
  readonly configError: UserError | null;
  /** Why the facts are not open; null where they are. */
  readonly factsError: UserError | null;
}

interface Named {
  readonly id: string;
  readonly theme: DoctorTheme;
}

/** `needs` says what has to be open; a check without it is not made. */
export type Check = Named &
  (
    | { readonly needs: "nothing"; run(context: DoctorContext): Promise<DoctorFinding> }
    | { readonly needs: "facts"; run(context: DoctorContext, facts: FactStore): Promise<DoctorFinding> }
    | { readonly needs: "derived"; run(context: DoctorContext, derived: Database): Promise<DoctorFinding> }
  );

export const ok = (sentence: string): DoctorFinding => ({ state: "ok", sentence, advice: null });
export const warning = (sentence: string, advice: string): DoctorFinding => ({ state: "warning", sentence, advice });
export const failed = (sentence: string, advice: string): DoctorFinding => ({ state: "failed", sentence, advice });

/** The one number of a query that counts. */
export async function countOf(database: Database, sql: string): Promise<number> {
  const [row] = await database.all(sql);
  return Number(Object.values(row ?? {})[0] ?? 0);
}

/** `1 usage`, `3 usages`. */
export const counted = (count: number, noun: string): string => `${count} ${count === 1 ? noun : `${noun}s`}`;

/** The UTC day of an instant. */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
export const dayMs = 86_400_000;
