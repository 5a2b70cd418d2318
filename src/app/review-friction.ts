import type { ReviewFriction, VerificationOfLines } from "../contract/delivery.ts";
import type { MeasureQueryInput, MeasureResult } from "../contract/query.ts";

const measures = [
  "changes_forge_told",
  "changes_of_bots",
  "instant_self_merges",
  "changes_reviewed",
  "reviewed_share",
  "review_rounds_per_change",
  "changes_requested_share",
  "first_review_hours",
  "first_review_hours_p90",
  "approval_hours",
  "landing_hours",
  "review_hours_low",
  "review_hours_high",
  "lines_edited_before_landing_share",
  "lines_edited_after_landing_share",
] as const;

/**
 * How the changes of one repository that landed in some days were reviewed, and what became of its agents' lines.
 * @param ask answers a query of measures @param range days, both included
 */
export async function reviewFrictionOf(
  ask: (query: MeasureQueryInput) => Promise<MeasureResult>,
  repository: string,
  range: { readonly from: string; readonly to: string },
): Promise<{ readonly review: ReviewFriction | null; readonly agentLines: VerificationOfLines }> {
  const { rows } = await ask({ measures: [...measures], where: [{ dimension: "repository", values: [repository] }], range });
  const told = (id: (typeof measures)[number]): number | null => (typeof rows[0]?.[id] === "number" ? rows[0][id] : null);
  const changes = told("changes_forge_told");
  return {
    agentLines: {
      editedBeforeLandingShare: told("lines_edited_before_landing_share"),
      editedAfterLandingShare: told("lines_edited_after_landing_share"),
    },
    review:
      changes === null
        ? null
        : {
            told: changes,
            ofBots: told("changes_of_bots") ?? 0,
            instantSelfMerges: told("instant_self_merges") ?? 0,
            reviewed: told("changes_reviewed") ?? 0,
            reviewedShare: told("reviewed_share"),
            roundsPerChange: told("review_rounds_per_change"),
            changesRequestedShare: told("changes_requested_share"),
            firstReviewHours: { median: told("first_review_hours"), p90: told("first_review_hours_p90") },
            approvalHours: told("approval_hours"),
            landingHours: told("landing_hours"),
            reviewHours: { low: told("review_hours_low"), high: told("review_hours_high") },
          },
  };
}
