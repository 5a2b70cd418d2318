/**
 * A piece of input that could not be used, or was used with a doubt. A value, never an exception: reading goes on, the
 * problem is counted and listed by `assay problems`. It never carries the text of a prompt, of code, or a secret.
 */
export interface Problem {
  /** Stable, snake_case: `torn_line`, `absent_blob`, `unknown_model`. */
  readonly code: string;
  /** `lost`: input that should have counted is gone (exit code 3); `notice`: absent, not yet supported, or harmless. */
  readonly severity: "lost" | "notice";
  /** Id of the source or outcome reader that met it. */
  readonly source: string;
  /** Where: `file:line`, `file@offset`, `repository:object`. */
  readonly locator: string;
  readonly message: string;
  /** What a person can do about it. */
  readonly hint?: string;
  /** How many pieces of input this one row stands for; 1 unless said. */
  readonly count?: number;
}
