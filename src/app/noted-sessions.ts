import { createHash } from "node:crypto";
import type { ClaimedSession } from "../attribution/noted-lines.ts";
import type { LineClaim } from "../contract/facts.ts";
import { toolsOf } from "../outcomes/authorship/agents.ts";

/** What notes and trailers know a session by. */
export interface SessionName {
  readonly agent: string;
  readonly session: string;
}

/** Fewer digits name too many sessions. */
const fewestDigits = 7;

/**
 * Who a claim of a note means. A note names a session by its agent's id, or by the first digits of a digest of tool and id:
 * both are known of the sessions of this store. What it names beside them is an unseen session of that agent.
 */
export function sessionsOfClaims(sessions: readonly SessionName[]): (claim: LineClaim) => ClaimedSession | null {
  const known = new Set(sessions.map(({ session }) => session));
  const byDigest = new Map<string, Map<string, string>>();
  const digests = sessions.flatMap(({ agent, session }) =>
    toolsOf(agent).map((tool) => ({ session, digest: createHash("sha256").update(`${tool}:${session}`).digest("hex") })),
  );
  const find = (digest: string): string | undefined => {
    const length = String(digest.length);
    let prefixes = byDigest.get(length);
    if (!prefixes) {
      byDigest.set(length, (prefixes = new Map()));
      for (const each of digests) prefixes.set(each.digest.slice(0, digest.length), each.session);
    }
    return prefixes.get(digest);
  };
  return ({ agent, session, sessionDigest }) => {
    if (session !== null) return { key: known.has(session) ? session : `${agent ?? ""}:${session}`, seen: known.has(session) };
    if (sessionDigest === null || sessionDigest.length < fewestDigits) return null;
    const found = find(sessionDigest);
    return found === undefined ? { key: `digest:${sessionDigest}`, seen: false } : { key: found, seen: true };
  };
}
