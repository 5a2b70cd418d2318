import { classesOfLabels } from "../attribution/change-class.ts";
import type { IssueKind } from "../attribution/fix-evidence.ts";
import type { KnownIssues } from "../attribution/repairs.ts";
import type { ForgeHistory, ForgeIssue, Incident } from "../contract/forge-facts.ts";
import { incidentsOfIssues } from "../outcomes/events/issues.ts";

type Told = Pick<ForgeHistory, "repository" | "changes" | "issues">;

export interface KnownIssue extends Pick<ForgeIssue, "number" | "openedAt" | "closedAt" | "reopenedAt"> {
  readonly kind: IssueKind | null;
}

/** What a forge tells of the issues and changes of a repository, as they are now. */
export class ForgeIssues implements KnownIssues {
  readonly #path: string;
  readonly #issues: ReadonlyMap<number, ForgeIssue>;
  readonly #incidents: ReadonlySet<number>;
  readonly #changes: ReadonlyMap<number, ForgeHistory["changes"][number]>;

  /**
   * @param told null where no forge told: then nothing is known of any
   * @param incidentLabels as in assay.yaml
   * @param incidents of other tools: an issue one names is an incident
   */
  constructor(told: Told | null, incidentLabels: readonly string[], incidents: readonly Incident[] = []) {
    this.#path = (told?.repository ?? "").split("/").slice(1).join("/").toLowerCase();
    this.#issues = new Map(told?.issues.map((issue) => [issue.number, issue]));
    this.#changes = new Map(told?.changes.map((change) => [change.number, change]));
    const labelled = told === null ? [] : incidentsOfIssues(told, incidentLabels);
    const ties = [...labelled, ...incidents].flatMap((incident) => incident.ties);
    this.#incidents = new Set(ties.flatMap((tie) => (tie.tie === "issue" && tie.repository === told?.repository ? [Number(tie.key)] : [])));
  }

  /** `#12`, or `own/er#12` of this repository; another repository's and another tracker's issues are not known. */
  #issue(reference: string): ForgeIssue | null {
    const [, path, number] = /^([^#]*)#(\d+)$/.exec(reference) ?? [];
    if (number === undefined || (path !== "" && path?.toLowerCase() !== this.#path)) return null;
    return this.#issues.get(Number(number)) ?? null;
  }

  /** By its type, else by its labels; null where neither says: an issue nobody sorted may be anything. */
  kindOf(reference: string): IssueKind | null {
    const issue = this.#issue(reference);
    if (issue === null) return null;
    if (this.#incidents.has(issue.number)) return "incident";
    const classes = classesOfLabels(issue.labels ?? []);
    if (issue.issueType === "bug" || classes.includes("fix")) return "bug";
    return (issue.issueType ?? "") !== "" || (classes.length > 0 && !classes.includes("security")) ? "other" : null;
  }

  openedAt(reference: string): number | null {
    return this.#issue(reference)?.openedAt ?? null;
  }

  closedBy(change: number): readonly string[] {
    return this.#changes.get(change)?.closesIssues ?? [];
  }

  /** Labels of a change, and of the issues of its repository it closes. */
  labelsOf(change: number, closes: readonly string[]): readonly string[] {
    const issues = [...new Set([...this.closedBy(change), ...closes])];
    return [...(this.#changes.get(change)?.labels ?? []), ...issues.flatMap((reference) => this.#issue(reference)?.labels ?? [])];
  }

  /** Every issue there is, by number. */
  get all(): readonly KnownIssue[] {
    return [...this.#issues.values()]
      .sort((a, b) => a.number - b.number)
      .map(({ number, openedAt, closedAt, reopenedAt }) => ({ number, kind: this.kindOf(`#${number}`), openedAt, closedAt, reopenedAt }));
  }

  /** When the oldest of the issues a change closes was opened; null where none is known. @param closes those its commits say */
  oldestClosedBy(change: number, closes: readonly string[]): number | null {
    const opened = [...this.closedBy(change), ...closes].flatMap((reference) => this.openedAt(reference) ?? []);
    return opened.length === 0 ? null : Math.min(...opened);
  }

  /** What the title of a change begins with, as a conventional subject; null where it is none. */
  titleOf(change: number): string | null {
    const { titleType = null, breaking = null } = this.#changes.get(change) ?? {};
    return titleType === null || titleType === "" ? null : `${titleType}${breaking === true ? "!" : ""}: `;
  }
}
