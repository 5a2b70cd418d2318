import type { ReviewAnswers } from "../attribution/review-answers.ts";
import type { Problem } from "../contract/problem.ts";

/** Threads of review that no line can be near to. @param where name of the repository */
export function reviewProblems(where: string, { notPlaced }: Pick<ReviewAnswers, "notPlaced">): Problem[] {
  if (notPlaced === 0) return [];
  return [
    {
      code: "review_thread_not_placed",
      severity: "notice",
      source: "forges",
      locator: where,
      message:
        "review threads without a file, an instant or a commit this repository has; lines that answer them are told by requests for changes alone",
      hint: "Fetch the heads of changes (`git fetch origin '+refs/pull/*/head:refs/pull/*/head'`, of GitLab refs/merge-requests/*/head) and import again.",
      count: notPlaced,
    },
  ];
}
