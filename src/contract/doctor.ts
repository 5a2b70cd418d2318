/** What `doctor` answers: one finding for each check that could be made. */
export type DoctorTheme = "store" | "machine" | "sources" | "repositories";

export interface DoctorFinding {
  /** `failed`: numbers are wrong or cannot be had; `warning`: they will be, or they are older than they look. */
  readonly state: "ok" | "warning" | "failed";
  /** What was found, in one sentence. */
  readonly sentence: string;
  /** What to do; null where nothing has to be done. */
  readonly advice: string | null;
}

export interface DoctorCheck extends DoctorFinding {
  readonly id: string;
  readonly theme: DoctorTheme;
}

export interface DoctorReport {
  readonly checks: readonly DoctorCheck[];
  /** Ids of checks that need what an earlier one found missing. */
  readonly notMade: readonly string[];
}
