import { UserError } from "../contract/errors.ts";
import { type FateName, fateNames, isObserved } from "../contract/fates.ts";
import type { Explanation, StrandRow } from "../contract/show.ts";
import { formulaOf, measureIds, requireMeasure } from "../measures/catalogue.ts";
import { explainContext } from "./explain-context.ts";
import { fateSentences } from "./sentences.ts";
import { showChange, showCommit, showSession, strandRows } from "./show.ts";
import type { Questions } from "./questions.ts";

const shownStrands = 40;

/**
 * Why a number is what it is. Of `context`: what put tokens into the prompts. Of a measure: definition, formula, SQL, what was left out. Of a fate: its rule and the
 * largest strands it has. Of a session, change or commit: the sentence of each strand.
 * @throws UserError `unknown_subject`
 */
export async function explain(questions: Questions, subject: string): Promise<Explanation> {
  if (subject === "context") return await explainContext(questions);
  if ((measureIds as readonly string[]).includes(subject)) return await explainMeasure(questions, subject);
  if ((fateNames as readonly string[]).includes(subject)) return await explainFate(questions, subject as FateName);
  for (const show of [showSession, showChange, showCommit]) {
    try {
      const card = await show(questions, subject);
      return explainStrands(`${card.kind} ${subject}`, card.strands);
    } catch (error) {
      if (!(error instanceof UserError) || !error.code.startsWith("unknown_")) throw error;
    }
  }
  throw new UserError("unknown_subject", `Nothing here is called '${subject}'.`, {
    hint: `Give a measure (\`assay measures\` lists them), a fate (${fateNames.join(", ")}), \`context\`, or the beginning of a session's or commit's id, or a change like #12.`,
  });
}

function explainStrands(subject: string, strands: readonly StrandRow[]): Explanation {
  return {
    subject,
    sentences: [],
    strands: strands.slice(0, shownStrands),
    leftOut:
      strands.length > shownStrands
        ? [`${strands.length - shownStrands} smaller strands are not listed; \`--json\` with \`show\` has them all.`]
        : [],
  };
}

async function explainFate(questions: Questions, fate: FateName): Promise<Explanation> {
  const ids = await questions.database.all("SELECT strand_id FROM strand_fate WHERE fate = $fate", { fate });
  const observed = isObserved(fate, BigInt(ids.length), await questions.forgeTold());
  const strands =
    ids.length === 0 ? [] : await strandRows(questions, "t.strand_id IN (SELECT strand_id FROM strand_fate WHERE fate = $fate)", { fate });
  const { stickDays, revertDays, inFlightDays } = questions.parameters;
  return {
    ...explainStrands(`fate ${fate}`, strands),
    sentences: [
      fateSentences[fate],
      observed ? `${ids.length} strands end so.` : "Not observed from agent logs and git alone: shown as not observed, never as 0.",
      `Parameters: alive ${stickDays} days to stick, revert within ${revertDays} days, in flight for ${inFlightDays} days without a sign of life.`,
    ],
  };
}

async function explainMeasure(questions: Questions, id: string): Promise<Explanation> {
  const measure = requireMeasure(id);
  const result = await questions.ask({ measures: [id], sql: true });
  const value = result.rows[0]?.[id];
  return {
    subject: `measure ${id}`,
    sentences: [
      `${measure.title}: ${measure.description}`,
      `Value: ${value ?? "not known"} ${measure.unit}.`,
      `How it is gamed: ${measure.gaming} Shown beside it: ${measure.beside}.`,
      `Source: ${measure.source}.`,
    ],
    strands: [],
    definition: formulaOf(id),
    ...(result.sql === undefined ? {} : { sql: result.sql }),
    leftOut: result.warnings.map((warning) => warning.message),
  };
}
