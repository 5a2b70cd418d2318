/** Opsgenie: alerts and incidents of its REST API (v2, v1), and its webhooks (`{ action, alert }`). */
import { type ForgeFact, incidentTies } from "../../contract/forge-facts.ts";
import { field, id, instant, list, lower, newest, text } from "../forge/fields.ts";
import { type Reading, readingOf, together, unknownObject } from "../forge/reading.ts";
import { incidentState, tiesOf, writtenTie } from "./incident-facts.ts";

const source = "opsgenie";

const actions: Readonly<Record<string, string>> = { create: "open", acknowledge: "acknowledged", unacknowledge: "open", close: "closed" };

export function readOpsgenie(value: unknown, locator: string): Reading {
  if (Array.isArray(field(value, "data"))) return together(list(value, "data").map((one, i) => readOpsgenie(one, `${locator}[${i}]`)));
  const alert = field(value, "alert");
  if (alert === null) return readingOf(incidentOf(value, lower(value, "status")), source, locator, "an incident");
  const action = lower(value, "action") ?? "";
  if (!Object.hasOwn(actions, action))
    return { facts: [], problems: [unknownObject(source, locator, "an action that does not change the state of an alert")] };
  return readingOf(incidentOf(alert, actions[action] ?? null), source, locator, "an alert");
}

/** Webhooks write instants as milliseconds, `updatedAt` as nanoseconds; the API writes them as texts. */
function instantOf(value: unknown, name: string): number | null {
  const found = field(value, name);
  if (typeof found !== "number") return instant(value, name);
  return Number.isFinite(found) && found > 1e11 ? Math.floor(found > 1e15 ? found / 1e6 : found) : null;
}

function incidentOf(incident: unknown, status: string | null): ForgeFact[] | null {
  const key = id(incident, "alertId") ?? id(incident, "id");
  const openedAt = instantOf(incident, "createdAt");
  const version = newest(instantOf(incident, "updatedAt"), openedAt);
  const state = incidentState(status);
  if (key === null || version === null) return null;
  const details = field(incident, "details") ?? field(incident, "extraProperties");
  return [
    {
      kind: "incident",
      source,
      incident: key,
      version,
      state,
      openedAt,
      resolvedAt: state === "resolved" ? version : null,
      severity: lower(incident, "priority"),
      service: text(incident, "entity") ?? text(incident, "service"),
    },
    ...tiesOf(
      source,
      key,
      incidentTies.flatMap((kind) => writtenTie(kind, text(details, `assay_${kind}`))),
    ),
  ];
}
