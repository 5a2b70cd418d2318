import type { ForgeHistory, Incident } from "../../contract/forge-facts.ts";

/**
 * Issues that are incidents: of the type `incident`, or with one of some labels. Told by what the issue is now, so that a
 * label taken off takes the incident away. Each is tied to its issue alone: a change that closes it mends it, it need not
 * have caused it.
 * @param labels compared without regard to case
 */
export function incidentsOfIssues(
  { repository, issues }: Pick<ForgeHistory, "repository" | "issues">,
  labels: readonly string[],
): Incident[] {
  const wanted = new Set(labels.map((label) => label.toLowerCase()));
  return issues
    .filter(({ issueType, labels: own }) => issueType === "incident" || (own ?? []).some((label) => wanted.has(label.toLowerCase())))
    .map(({ number, state, openedAt, closedAt, labels: own }): Incident => {
      const severity = /^(?:severity|sev|priority)\W*(\w+)$/i;
      return {
        source: "issues",
        incident: `${repository}#${number}`,
        state: state === "closed" ? "resolved" : state,
        openedAt,
        resolvedAt: closedAt,
        severity: (own ?? []).map((label) => severity.exec(label)?.[1]?.toLowerCase()).find((level) => level !== undefined) ?? null,
        service: null,
        ties: [{ tie: "issue", repository, key: String(number) }],
      };
    });
}
