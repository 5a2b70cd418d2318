import type { ContextCause } from "../attribution/context-cause.ts";
import { UserError } from "../contract/errors.ts";
import type { Explanation } from "../contract/show.ts";
import { formulaOf } from "../measures/catalogue.ts";
import type { Questions } from "./questions.ts";

/** What each cause means, in a sentence for the table. */
const causeSentences: Readonly<Record<ContextCause, string>> = {
  instructions: "System prompt, tools, instruction files: what a context begins with.",
  prompt: "What the person said.",
  notification: "What a task in the background told.",
  agent_output: "What the agent itself had written before, its calls inside.",
  reread: "Files read again in the same context.",
  read: "Files read for the first time.",
  search: "Results of searches.",
  shell: "Output of shell commands.",
  test: "Output of tests.",
  build: "Output of builds.",
  web: "Pages and searches of the web.",
  edit: "Answers to edits.",
  delegate: "Answers of sub-agents.",
  plan: "Answers to plans and questions.",
  commit: "Output of commits.",
  open_change: "Output of opening changes.",
  push: "Output of pushes.",
  review: "Results of reviews.",
  other: "Results of other tools.",
  compaction: "What a compaction made of the conversation.",
  resumed: "The conversation a session went on from.",
  unknown: "What none of these explains: attachments, reminders, hooks, sizes no log keeps.",
};

const method = [
  "What put tokens into the prompts, and what they cost: fresh input, cache reads and cache writes at their prices.",
  "It is inferred: a log tells how large a prompt was, not what is in it. The growth between two responses goes to what stands between them, by size at 3.5 bytes a token; what is left is unknown. Cache reads pay for the oldest tokens, fresh input for the newest.",
  "It moves no fate: the fates add up to the spend without it.",
] as const;

/**
 * Who put the tokens of all prompts there: dollars and share of each cause, largest first.
 * @returns causes add up to `spend_context` exactly
 */
export async function explainContext(questions: Questions): Promise<Explanation> {
  const result = await questions.ask({ measures: ["spend_context", "context_share"], by: ["context_cause"], sql: true });
  return {
    subject: "context",
    sentences: method,
    causes: result.rows.flatMap((row) => {
      const nanoUsd = row["spend_context"];
      if (typeof nanoUsd !== "string") return [];
      const cause = requireCause(row["context_cause"]);
      return [{ cause, nanoUsd, share: row["context_share"] as number | null, sentence: causeSentences[cause] }];
    }),
    strands: [],
    definition: formulaOf("spend_context"),
    ...(result.sql === undefined ? {} : { sql: result.sql }),
    leftOut: result.warnings.map(({ message }) => message),
  };
}

/** Team answers withhold no cause: they bear no person. */
function requireCause(cell: unknown): ContextCause {
  if (typeof cell === "string" && Object.hasOwn(causeSentences, cell)) return cell as ContextCause;
  throw new UserError("unknown_cause", `The store names a cause '${String(cell)}' this version does not know.`, {
    hint: "Run `assay rebuild`.",
  });
}
