/** What is derived: whether it stands on the present facts, and whether nothing of the money is lost or counted twice. */
import { fateNames } from "../../contract/fates.ts";
import { hasDerived, openDerived } from "../../store/derived-store.ts";
import { basisOf, readBasis } from "../derived.ts";
import { keepsFates } from "../kept-fates.ts";
import { type Check, countOf, counted, failed, ok, warning } from "./check.ts";

const rebuild = "Run `assay rebuild`; if it comes back, report it.";

export const derivedChecks: readonly Check[] = [
  {
    id: "derived_stands",
    theme: "store",
    needs: "facts",
    async run({ options }, facts) {
      const whenAsked = "The next question or import derives it; `assay rebuild` does so now.";
      if (!hasDerived(options.folder)) return warning("Nothing is derived from the facts yet.", whenAsked);
      const derived = await openDerived(options.folder);
      const known = await readBasis(derived).finally(() => derived.close());
      const basis = await basisOf(options, facts);
      if (known?.frame !== basis.frame)
        return warning("What is derived rests on another version, other prices or other settings.", whenAsked);
      return known.revision === basis.revision
        ? ok("What is derived rests on the present facts, prices and settings.")
        : warning(`What is derived rests on revision ${known.revision} of the facts; they are at ${basis.revision}.`, whenAsked);
    },
  },
  {
    id: "ledger_whole",
    theme: "store",
    needs: "derived",
    async run(_, derived) {
      const torn = await countOf(
        derived,
        `SELECT count(*) FROM charge c JOIN (
           SELECT u.usage_id, count(s.strand_id) AS strands FROM usage_d u LEFT JOIN strand s USING (segment_id) GROUP BY u.usage_id) h USING (usage_id)
         LEFT JOIN (SELECT charge_id, count(*) AS parts, sum(list_nano_usd) AS nano FROM ledger GROUP BY charge_id) l USING (charge_id)
         WHERE coalesce(l.parts, 0) <> h.strands OR (h.strands > 0 AND l.nano IS DISTINCT FROM c.list_nano_usd)`,
      );
      const stray = await countOf(derived, "SELECT count(*) FROM ledger ANTI JOIN charge USING (charge_id)");
      return torn + stray === 0
        ? ok(
            `The parts of each of ${counted(await countOf(derived, "SELECT count(*) FROM charge"), "charge")} add up to it, to the nano-dollar.`,
          )
        : failed(`${counted(torn, "charge")} and their parts differ; ${counted(stray, "part")} belong to no charge.`, rebuild);
    },
  },
  {
    id: "fates_add_up",
    theme: "store",
    needs: "derived",
    async run({ config }, derived) {
      if (!(await keepsFates(derived, config.fates))) return ok("Fates are not kept for these settings: each question computes them.");
      const names = fateNames.map((name) => `'${name}'`).join(", ");
      const astray = await countOf(
        derived,
        `SELECT count(*) FROM (SELECT strand_id, count(f.fate) AS fates, count(*) FILTER (f.fate IN (${names})) AS known
           FROM strand s LEFT JOIN fate_now f USING (strand_id) GROUP BY strand_id) WHERE fates <> 1 OR known <> 1`,
      );
      const stray = await countOf(derived, "SELECT count(*) FROM fate_now ANTI JOIN strand USING (strand_id)");
      const [money] = await derived.all(
        `SELECT (SELECT coalesce(sum(list_nano_usd), 0) FROM charge)::VARCHAR AS charged,
           ((SELECT coalesce(sum(list_nano_usd), 0) FROM ledger JOIN fate_now USING (strand_id))
             + (SELECT coalesce(sum(list_nano_usd), 0) FROM charge ANTI JOIN ledger USING (charge_id)))::VARCHAR AS ended`,
      );
      const missing = BigInt(String(money?.["charged"])) - BigInt(String(money?.["ended"]));
      return astray + stray === 0 && missing === 0n
        ? ok("Every strand has one fate, and the fates add up to the spend.")
        : failed(
            `${counted(astray + stray, "strand")} have no fate or more than one; the fates and the spend differ by ${missing} nano-dollars.`,
            rebuild,
          );
    },
  },
  {
    id: "usages_once",
    theme: "store",
    needs: "derived",
    async run(_, derived) {
      const placed = await countOf(
        derived,
        `SELECT count(*) FROM (SELECT u.usage_id, count(*) AS places, count(g.segment_id) AS segments FROM usage_d u
           LEFT JOIN segment g USING (segment_id) GROUP BY u.usage_id) WHERE places <> 1 OR segments <> 1`,
      );
      const charged = await countOf(
        derived,
        `SELECT count(*) FROM (SELECT u.usage_id, count(c.charge_id) AS charges FROM usage_d u
           LEFT JOIN charge c USING (usage_id) GROUP BY u.usage_id) WHERE charges <> 1`,
      );
      const usages = await countOf(derived, "SELECT count(*) FROM usage_d");
      return placed + charged === 0
        ? ok(`Each of ${counted(usages, "usage")} is in one segment and has one charge.`)
        : failed(
            `Of ${counted(usages, "usage")}, ${placed} are in no segment or in several, ${charged} have no charge or several.`,
            rebuild,
          );
    },
  },
  {
    id: "segments_shared_out",
    theme: "store",
    needs: "derived",
    async run(_, derived) {
      const open = await countOf(
        derived,
        `SELECT count(*) FROM (SELECT segment_id, sum(weight_to - weight_from) AS given, max(weight_total) AS total,
           count(DISTINCT weight_total) AS totals, min(weight_from) AS low, max(weight_to) AS high FROM strand GROUP BY segment_id)
         WHERE given <> total OR totals <> 1 OR low <> 0 OR high <> total`,
      );
      return open === 0
        ? ok("The strands of each segment share it out without gap or overlap.")
        : failed(`The strands of ${counted(open, "segment")} leave a gap or overlap.`, rebuild);
    },
  },
];
