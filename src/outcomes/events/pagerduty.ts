/** PagerDuty: webhooks of version 3 (`{ event: { event_type, occurred_at, data } }`) and incidents of its REST API (v2). */
import type { ForgeFact } from "../../contract/forge-facts.ts";
import { field, id, instant, list, lower, newest, text } from "../forge/fields.ts";
import { type Reading, readingOf, together, unknownObject } from "../forge/reading.ts";
import { incidentState, tiesIn, tiesOf, writtenTie } from "./incident-facts.ts";

const source = "pagerduty";

export function readPagerduty(value: unknown, locator: string): Reading {
  if (Array.isArray(field(value, "incidents")))
    return together(list(value, "incidents").map((one, i) => readPagerduty(one, `${locator}[${i}]`)));
  const event = field(value, "event");
  if (event === null) return readingOf(incidentOf(value, null), source, locator, "an incident");
  const type = lower(event, "event_type") ?? "";
  if (!/^incident\.(?:triggered|acknowledged|unacknowledged|resolved|reopened|priority_updated|custom_field_values\.updated)$/.test(type))
    return { facts: [], problems: [unknownObject(source, locator, "an event that is not about the state of an incident")] };
  return readingOf(incidentOf(field(event, "data"), instant(event, "occurred_at")), source, locator, "an incident");
}

function incidentOf(incident: unknown, occurredAt: number | null): ForgeFact[] | null {
  const key = id(incident, "id");
  const [openedAt, resolvedAt] = [instant(incident, "created_at"), instant(incident, "resolved_at")];
  const state = incidentState(lower(incident, "status"));
  const changedAt = newest(instant(incident, "last_status_change_at"), instant(incident, "updated_at"));
  const version = occurredAt ?? newest(openedAt, resolvedAt, changedAt);
  if (key === null || version === null) return null;
  return [
    {
      kind: "incident",
      source,
      incident: key,
      version,
      state,
      openedAt,
      resolvedAt: state === "resolved" ? (resolvedAt ?? changedAt ?? version) : null,
      severity: lower(incident, "priority", "summary") ?? lower(incident, "urgency"),
      service: text(incident, "service", "summary"),
    },
    ...tiesOf(source, key, [...tiesIn(incident), ...customTies(incident)]),
  ];
}

/** Custom fields named `assay_release`, `assay_deployment`, `assay_change`, `assay_issue`, `assay_commit`: `repository key`, or a key alone. */
function customTies(incident: unknown): readonly unknown[] {
  return list(incident, "custom_fields").flatMap((custom) => {
    const kind = /^assay_(\w+)$/.exec(lower(custom, "name") ?? "")?.[1];
    return kind === undefined ? [] : writtenTie(kind, text(custom, "value"));
  });
}
