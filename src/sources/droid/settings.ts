/** Reads the settings of a session of Factory Droid: the one place that tells tokens, as a total of the session. */
import type { TokenCounts } from "../../contract/facts.ts";
import type { JsonFormat } from "../json-reading.ts";
import { type JsonObject, countOf, instantOf, isObject, makerOf, objectOf, stringOf } from "../loose-json.ts";
import { SessionFacts } from "../session-facts.ts";

export const agentName = "droid";

/** @param startedAt first instant of the session; null if its records do not tell it */
export const settingsFormat = (startedAt: number | null): JsonFormat => ({
  lostMarks: ['"tokenUsage"'],
  reader: (input, sink) => ({
    take(settings, offset) {
      const counts = countsOf(objectOf(settings["tokenUsage"]));
      if (counts === null) return;
      const instant = startedAt ?? instantOf(settings["providerLockTimestamp"]);
      if (instant === null) {
        sink.problem("no_instant", "lost", offset, "tokens of a session without an instant; left out");
        return;
      }
      const facts = new SessionFacts(agentName, input.session, input.fingerprinter, sink);
      const model = modelOf(stringOf(settings["model"]) ?? "unknown");
      const provider = providerOf(stringOf(settings["providerLock"])) ?? makerOf(model);
      facts.response({ messageId: `droid:${input.session}`, instant, agentId: null, provider, model, counts, grain: "session" });
      facts.tell();
    },
    finish() {
      // All was told with the one document.
    },
  }),
});

/** `custom:Claude-Sonnet-4-[Anthropic]-0` is `claude-sonnet-4`. */
const modelOf = (logged: string): string =>
  logged
    .replace(/^custom:/, "")
    .replace(/-\[[^\]]*\](?:-\d+)?$/, "")
    .toLowerCase();

/** `factory` bills in credits of its own: nobody's list price. */
const providerOf = (lock: string | null): string | null => (lock === null || lock === "factory" ? null : lock.toLowerCase());

/**
 * Disjoint as logged. Whether thinking is part of the output is told by the total where there is one; else it is taken for a
 * part of it, so that nothing is counted that may not have been billed.
 */
function countsOf(usage: JsonObject): TokenCounts | null {
  if (!isObject(usage)) return null;
  const [input, output, read, written, thinking] = [
    "inputTokens",
    "outputTokens",
    "cacheReadTokens",
    "cacheCreationTokens",
    "thinkingTokens",
  ].map((name) => countOf(usage[name])) as [number, number, number, number, number];
  if (input + output + read + written === 0) return null;
  const isOutside = thinking > 0 && countOf(usage["totalTokens"]) === input + output + read + written + thinking;
  return {
    input,
    cacheRead: read,
    cacheWrite5m: written,
    cacheWrite1h: 0,
    output: isOutside ? output + thinking : output,
    reasoning: usage["thinkingTokens"] === undefined ? null : isOutside ? thinking : Math.min(thinking, output),
  };
}
