import { hunksBetween, type Line, type NewLine, replaceLines } from "./lines.ts";
import type { Branch, Repository } from "./repository.ts";

/** How a change of lines can be seen from the logs. */
export type Witness =
  /** In a transcript, as an edit. */
  | "logged"
  /** Made by a shell command the transcript shows: no edit is logged. */
  | "shell"
  /** By a sub-agent that left no transcript. */
  | "subagent_unlogged"
  /** By an agent whose transcript is gone. */
  | "transcript_missing"
  /** By a person's hand. */
  | "person";

/** Who changes lines at this moment. */
export interface Hand {
  readonly witness: Witness;
  readonly person: string;
  readonly session: string | null;
  readonly messageId: string | null;
  readonly callId: string | null;
  readonly agentId: string | null;
  readonly turn: number | null;
  readonly at: number;
  /** Lines only change their place: what goes here comes elsewhere. */
  readonly moves?: boolean;
}

/** One changed line, written down when it happened. */
export interface LineEvent {
  readonly side: "added" | "removed";
  readonly line: Line;
  readonly path: string;
  readonly hand: Hand;
  /** Null for a repository that is nowhere. */
  readonly repository: Repository | null;
  readonly branch: Branch | null;
  /** Place among the changed lines of this call in this file: hunk by hunk, removed lines first. */
  readonly order: number;
  /** The hunk that removed it put something in its place. */
  readonly replaced: boolean;
}

/** The log of every line event, and what gives lines their identity. */
export class Chronicle {
  readonly events: LineEvent[] = [];
  #lines = 0;
  #units = 0;

  newUnit(): number {
    return ++this.#units;
  }

  newLine(line: NewLine, unit: number): Line {
    return { id: ++this.#lines, text: line.text, unit, statement: line.statement };
  }

  /** Replaces a run of lines, keeping what stays. */
  relined(before: readonly Line[], start: number, end: number, news: readonly NewLine[], unit: number): readonly Line[] {
    return replaceLines(before, start, end, news, (line) => this.newLine(line, unit));
  }

  /** Puts a file into its new state and writes down what changed. */
  change(place: { repository: Repository; branch: Branch }, path: string, after: readonly Line[] | null, hand: Hand): void {
    const { branch, repository } = place;
    this.record({ repository, branch }, path, branch.files.get(path), after ?? [], hand);
    const files = new Map(branch.files);
    if (after === null) files.delete(path);
    else files.set(path, after);
    branch.files = files;
    branch.lastActiveAt = Math.max(branch.lastActiveAt, hand.at);
  }

  /**
   * Writes down the difference of two states of a file. A line that goes on in other words (formatted, mended by a person)
   * is no event, and neither is what a formatter cuts from one.
   */
  record(
    place: { repository: Repository | null; branch: Branch | null },
    path: string,
    before: readonly Line[] | undefined,
    after: readonly Line[],
    hand: Hand,
  ): void {
    let order = 0;
    const hunks = hunksBetween(before, after);
    const [gone, come] = (["removed", "added"] as const).map((side) => new Set(hunks.flatMap((hunk) => hunk[side].map((line) => line.id))));
    const shared = { ...place, path, hand };
    const write = (side: "removed" | "added", line: Line, replaced: boolean): void => {
      const goesOn = (gone?.has(line.id) && come?.has(line.id)) || (side === "added" && line.from !== undefined);
      if (!goesOn) this.events.push({ ...shared, side, line, order, replaced });
      order++;
    };
    for (const hunk of hunks) {
      for (const line of hunk.removed) write("removed", line, hunk.added.length > 0);
      for (const line of hunk.added) write("added", line, false);
    }
  }
}
