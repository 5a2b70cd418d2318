import type { ForgeFact } from "../../contract/forge-facts.ts";
import type { Problem } from "../../contract/problem.ts";

/** What came of some input: facts, and what could not be used. */
export interface Reading {
  readonly facts: readonly ForgeFact[];
  readonly problems: readonly Problem[];
}

export const nothing: Reading = { facts: [], problems: [] };

export function together(readings: Iterable<Reading>): Reading {
  const facts: ForgeFact[] = [];
  const problems: Problem[] = [];
  for (const reading of readings) {
    for (const fact of reading.facts) facts.push(fact);
    for (const problem of reading.problems) problems.push(problem);
  }
  return { facts, problems };
}

/** @param facts null where what the thing is known by is missing */
export function readingOf(facts: readonly ForgeFact[] | null, source: string, locator: string, what: string): Reading {
  return facts === null ? { facts: [], problems: [incomplete(source, locator, what)] } : { facts, problems: [] };
}

export function incomplete(source: string, locator: string, what: string): Problem {
  return {
    code: "forge_object_incomplete",
    severity: "notice",
    source,
    locator,
    message: `${what} without what it is known by (repository, number or id, instant); it was left out`,
    hint: "Export the objects as the API gives them; of GraphQL ask for url, number, fullDatabaseId and updatedAt (docs/guide/forges.md).",
  };
}

export function unknownObject(source: string, locator: string, what: string): Problem {
  return {
    code: "forge_object_unknown",
    severity: "notice",
    source,
    locator,
    message: `${what}: nothing is read from it`,
    hint: "docs/guide/forges.md lists what is read.",
  };
}

/** A delivery of a kind that is read of which nothing is kept is told too. */
export function orNothingKept(reading: Reading, source: string, locator: string, what: string): Reading {
  if (reading.facts.length + reading.problems.length > 0) return reading;
  return { facts: [], problems: [unknownObject(source, locator, `${what} that tells nothing that is kept`)] };
}
