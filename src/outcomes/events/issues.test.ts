import { expect, it } from "vitest";
import type { ForgeIssue } from "../../contract/forge-facts.ts";
import { incidentsOfIssues } from "./issues.ts";

const repository = "github.com/acme/shop";
const issue = (number: number, rest: Partial<ForgeIssue>): ForgeIssue => ({
  repository,
  number,
  state: "open",
  openedAt: 10,
  closedAt: null,
  author: null,
  labels: [],
  issueType: "",
  reopenedAt: [],
  ...rest,
});

it("takes issues of the type or with a label for incidents, as they are now, tied to themselves alone", () => {
  const issues = [
    issue(1, { labels: ["bug"] }),
    issue(2, { labels: ["Incident", "severity: High"], state: "closed", closedAt: 20 }),
    issue(3, { issueType: "incident", labels: null }),
  ];
  expect(incidentsOfIssues({ repository, issues }, ["incident"])).toEqual([
    {
      source: "issues",
      incident: `${repository}#2`,
      state: "resolved",
      openedAt: 10,
      resolvedAt: 20,
      severity: "high",
      service: null,
      ties: [{ tie: "issue", repository, key: "2" }],
    },
    {
      source: "issues",
      incident: `${repository}#3`,
      state: "open",
      openedAt: 10,
      resolvedAt: null,
      severity: null,
      service: null,
      ties: [{ tie: "issue", repository, key: "3" }],
    },
  ]);
});
