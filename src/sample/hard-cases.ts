/**
 * What makes a piece of work hard to follow, marked by whoever does it while it is done. The first name that fits is the
 * name of a disagreement; lines and sessions without a mark are `plain`.
 */
export const hardCases = [
  "unlogged sub-agent",
  "shell edit",
  "several repositories",
  "two agents",
  "human re-typed",
  "human edit",
  "human rename",
  "re-wrap",
  "formatter",
  "moved lines",
  "renamed file",
  "notebook",
  "prose in a paragraph",
  "generated",
  "cherry-pick",
  "force-push",
  "rebase",
  "amend",
  "fork",
  "resume",
  "cleared",
  "clock skew",
  "worktree",
  "windows path",
] as const;
export type HardCase = (typeof hardCases)[number];

/** The marks of lines (by their identity) and of sessions. */
export class HardCases {
  readonly #lines = new Map<number, Set<HardCase>>();
  readonly #sessions = new Map<string, Set<HardCase>>();

  markLine(id: number, name: HardCase): void {
    markIn(this.#lines, id, name);
  }

  markSession(session: string, name: HardCase): void {
    markIn(this.#sessions, session, name);
  }

  /** The name of what happened to a line, or to a session where no line is asked for. */
  nameOf(line: number | null, session: string | null): HardCase | "plain" {
    const ofLine = line === null ? undefined : this.#lines.get(line);
    const ofSession = session === null ? undefined : this.#sessions.get(session);
    return hardCases.find((name) => ofLine?.has(name) || ofSession?.has(name)) ?? "plain";
  }
}

function markIn<K>(marks: Map<K, Set<HardCase>>, key: K, name: HardCase): void {
  const found = marks.get(key);
  if (found === undefined) marks.set(key, new Set([name]));
  else found.add(name);
}
