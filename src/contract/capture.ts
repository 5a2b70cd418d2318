/** What `assay capture` tells: what reads agents' logs by itself, and what the last reading said. */

/** What started a reading. */
export type CaptureTrigger = "hook" | "schedule" | "person";

export interface CaptureRun {
  readonly by: CaptureTrigger;
  /** UTC, ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** `busy`: another process had the store all the time; the next reading finds the same. */
  readonly outcome: "imported" | "nothing_new" | "busy" | "failed";
  /** In one sentence. */
  readonly sentence: string;
  /** What to do about it; null where nothing has to be done. */
  readonly hint: string | null;
  /** Records that could not be used because they were damaged. */
  readonly lost: number;
}

export const scheduleKinds = ["systemd", "launchd", "task-scheduler", "crontab"] as const;
export type ScheduleKind = (typeof scheduleKinds)[number];

export interface CaptureHook {
  /** The settings file of Claude Code. */
  readonly file: string;
  readonly state: "present" | "missing" | "unreadable";
}

export interface CaptureStatus {
  readonly installed: boolean;
  readonly hooks: readonly CaptureHook[];
  /** Null where none was installed. */
  readonly schedule: { readonly kind: ScheduleKind; readonly name: string; readonly state: "present" | "missing" } | null;
  /** Programs and scripts the hook starts that are no longer there. */
  readonly missingPrograms: readonly string[];
  /** Days after which Claude Code deletes transcripts, by each settings file; 30 where it does not say. */
  readonly keptDays: readonly { readonly file: string; readonly days: number }[];
  readonly last: CaptureRun | null;
  readonly lastFailure: CaptureRun | null;
}
