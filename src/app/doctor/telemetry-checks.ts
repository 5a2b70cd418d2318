/** What agents' metrics count, held against the responses their events told: metrics are never usages. */
import { join } from "node:path";
import { listSegments } from "../../sources/otlp/segments.ts";
import { inboxFolder } from "../../store/place.ts";
import { type Check, counted, ok, warning } from "./check.ts";

/** The last points of a session may be on their way while its events are not, or the other way round. */
const restMs = 10 * 60_000;

/**
 * Tokens by session, model and kind: as points of metrics say, and as events say. Points of what came since the last one add
 * up; of those of all since a start the largest counts.
 */
const comparison = `
WITH points AS (
  SELECT p.session_id, p.model_id, d.text AS kind, max(p.end_ms) AS last_ms,
    CASE WHEN p.cumulative THEN max(p.amount) ELSE sum(p.amount) END AS amount
  FROM metric_point p JOIN dict d ON d.id = p.measure_id WHERE d.text <> 'cost'
  GROUP BY p.session_id, p.model_id, d.text, p.series, p.cumulative, CASE WHEN p.cumulative THEN p.start_ms END
),
counted AS (SELECT session_id, model_id, kind, max(last_ms) AS last_ms, sum(amount)::BIGINT AS tokens FROM points GROUP BY ALL),
events AS (
  SELECT s.session_id, s.model_id, max(s.instant_ms) AS last_ms, sum(s.input)::BIGINT AS input, sum(s.output)::BIGINT AS output,
    sum(s.cache_read)::BIGINT AS cache_read, sum(s.cache_write_5m + s.cache_write_1h)::BIGINT AS cache_write
  FROM sighting s JOIN dict d ON d.id = s.source_id WHERE d.text = 'otlp' GROUP BY ALL
),
told AS (UNPIVOT events ON input, output, cache_read, cache_write INTO NAME kind VALUE tokens)
SELECT session_id, coalesce(c.tokens, 0)::BIGINT AS counted, coalesce(t.tokens, 0)::BIGINT AS told,
  greatest(coalesce(c.last_ms, 0), coalesce(t.last_ms, 0)) AS last_ms
FROM counted c FULL JOIN told t USING (session_id, model_id, kind)
WHERE session_id IN (SELECT session_id FROM counted) AND session_id IN (SELECT session_id FROM events)`;

/** A server drains its inbox within seconds; an import takes minutes at most. */
const waitMs = 60 * 60_000;

export const telemetryChecks: readonly Check[] = [
  {
    id: "telemetry_read",
    theme: "sources",
    needs: "nothing",
    async run({ options }) {
      const segments = (await listSegments(join(options.folder, inboxFolder))).flatMap(({ stats }) =>
        stats instanceof Error ? [] : [stats],
      );
      const bytes = segments.reduce((sum, { size }) => sum + size, 0);
      const late = segments.filter(({ size, mtimeMs }) => size > 0 && options.now() - mtimeMs > waitMs);
      if (late.length > 0)
        return warning(
          `${counted(late.length, "segment")} of telemetry came more than an hour ago and is not read yet.`,
          "Run `assay import`; it says why where it cannot read them. A server that runs reads them by itself.",
        );
      return ok(bytes === 0 ? "No telemetry waits to be read." : `${counted(bytes, "byte")} of telemetry wait to be read.`);
    },
  },
  {
    id: "telemetry_agrees",
    theme: "sources",
    needs: "facts",
    async run({ options }, { database }) {
      const [row] = await database.all(
        `SELECT count(*)::INTEGER AS sessions, (count(*) FILTER (differs))::INTEGER AS differing, coalesce(sum(counted), 0)::VARCHAR AS counted,
           coalesce(sum(told), 0)::VARCHAR AS told
         FROM (SELECT session_id, bool_or(counted <> told) AS differs, sum(counted) AS counted, sum(told) AS told
               FROM (${comparison}) GROUP BY session_id HAVING max(last_ms) < $until)`,
        { until: options.now() - restMs },
      );
      const [sessions, differing] = [Number(row?.["sessions"] ?? 0), Number(row?.["differing"] ?? 0)];
      if (sessions === 0) return ok("There is no session whose telemetry has both metrics and events to compare.");
      if (differing === 0) return ok(`Metrics and events of ${counted(sessions, "session")} agree in every kind of token.`);
      return warning(
        `Metrics and events differ in ${differing} of ${counted(sessions, "session")}: metrics count ${String(row?.["counted"])} tokens, events tell of ${String(row?.["told"])}.`,
        "Events are what is counted. Fewer of them: an exporter lost some (its queue, or its log, says so). Fewer in metrics: points were lost, which costs nothing.",
      );
    },
  },
];
