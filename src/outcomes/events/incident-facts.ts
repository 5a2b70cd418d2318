import { type ForgeFact, type IncidentState, type IncidentTie, incidentTies } from "../../contract/forge-facts.ts";
import { list, lower, text } from "../forge/fields.ts";

/** A tie written as a person or a tool may write it into a field of its own. Free text is never searched. */
export function tiesOf(source: string, incident: string, written: readonly unknown[]): ForgeFact[] {
  return written.flatMap((tie): ForgeFact[] => {
    const [kind, key, repository] = [lower(tie, "kind"), text(tie, "key"), lower(tie, "repository")];
    if (key === null || !isTie(kind)) return [];
    return [{ kind: "incident_tie", source, incident, tie: kind, repository: repository ?? "", key: key.replace(/^[#!]/, "") }];
  });
}

const isTie = (kind: string | null): kind is IncidentTie => kind !== null && (incidentTies as readonly string[]).includes(kind);

/** A tie as people write it into a field: `repository key`, or a key alone. */
export function writtenTie(kind: string, written: string | null): readonly unknown[] {
  const parts = (written ?? "").trim().split(/\s+/);
  return parts[0] === "" ? [] : [{ kind, key: parts.at(-1), repository: parts.length > 1 ? parts[0] : "" }];
}

export const tiesIn = (event: unknown): readonly unknown[] => list(event, "ties");

/** Words of the tools as ours. */
export function incidentState(word: string | null): IncidentState | null {
  if (word === null) return null;
  if (/^(?:resolved|closed|close|ok)$/.test(word)) return "resolved";
  if (/^(?:acknowledged?|ack)$/.test(word)) return "acknowledged";
  return /^(?:open|opened|triggered|trigger|reopened|unacknowledged|firing|created?)$/.test(word) ? "open" : null;
}
