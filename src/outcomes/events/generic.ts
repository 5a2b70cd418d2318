/** Incidents of any tool, as a small JSON of our own; docs/guide/forges.md shows it. */
import type { ForgeFact } from "../../contract/forge-facts.ts";
import { field, id, instant, lower, newest, text } from "../forge/fields.ts";
import { type Reading, readingOf, together, unknownObject } from "../forge/reading.ts";
import { incidentState, tiesIn, tiesOf } from "./incident-facts.ts";
import { readOpsgenie } from "./opsgenie.ts";
import { readPagerduty } from "./pagerduty.ts";

/** Reads a value of a file of incidents, whichever of the shapes it has. */
export function readIncidentEvent(value: unknown, locator: string): Reading {
  if (Array.isArray(value)) return together(value.map((one, i) => readIncidentEvent(one, `${locator}[${i}]`)));
  if (field(value, "event", "event_type") !== null || field(value, "incidents") !== null || text(value, "type") === "incident")
    return readPagerduty(value, locator);
  if (field(value, "alert") !== null || field(value, "tinyId") !== null || Array.isArray(field(value, "data")))
    return readOpsgenie(value, locator);
  if (id(value, "incident") !== null) return readingOf(genericOf(value), "events", locator, "an incident");
  return { facts: [], problems: [unknownObject("events", locator, "no incident of a shape that is known")] };
}

function genericOf(event: unknown): ForgeFact[] | null {
  const [incident, source] = [id(event, "incident"), lower(event, "source") ?? "events"];
  const [openedAt, resolvedAt] = [instant(event, "opened_at"), instant(event, "resolved_at")];
  const version = instant(event, "updated_at") ?? newest(openedAt, resolvedAt);
  if (incident === null || version === null) return null;
  const state = incidentState(lower(event, "state")) ?? (resolvedAt === null ? "open" : "resolved");
  return [
    {
      kind: "incident",
      source,
      incident,
      version,
      state,
      openedAt,
      resolvedAt: state === "resolved" ? (resolvedAt ?? version) : null,
      severity: lower(event, "severity"),
      service: text(event, "service"),
    },
    ...tiesOf(source, incident, tiesIn(event)),
  ];
}
