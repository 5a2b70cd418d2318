import type { Problem } from "../contract/problem.ts";
import { sources } from "../sources/registry.ts";
import type { FactStore } from "../store/store.ts";
import { answerQuestion } from "./answer.ts";
import type { Assay, AskOptions, SourceRow } from "./assay.ts";
import { auditStore } from "./audit.ts";
import { ensureDerived, readOptionsConfig, withFacts } from "./derived.ts";
import { explain } from "./explain.ts";
import type { OpenAssayOptions } from "./open-assay.ts";
import { Questions } from "./questions.ts";
import { showChange, showCommit, showSession } from "./show.ts";
import { sourceRows } from "./source-rows.ts";

type Answers = Pick<Assay, "answer" | "audit" | "showSession" | "showChange" | "showCommit" | "explain" | "sources" | "problems">;

/** The use cases that ask and change nothing. */
export function answers(options: OpenAssayOptions): Answers {
  const { folder } = options;
  const withQuestions = async <T>({ asOf }: AskOptions, use: (questions: Questions) => Promise<T>): Promise<T> => {
    await ensureDerived(options, () => {});
    const questions = await Questions.open(folder, asOf, readOptionsConfig(options).fates);
    try {
      return await use(questions);
    } finally {
      questions.close();
    }
  };
  const listSources = (questions: Questions): Promise<SourceRow[]> =>
    withFacts(folder, true, (store) => sourceRows(store, questions.database, sources));
  return {
    answer: (asked) =>
      withQuestions(asked, async (questions) => {
        const context = await withFacts(folder, true, async (store) => ({
          isSample: options.isSample,
          ignoreTrailers: (await store.setting("ignore_trailers")) === "true",
          sources: await sourceRows(store, questions.database, sources),
          problems: await problemCounts(store),
        }));
        return await answerQuestion(questions, context);
      }),
    audit: (asked) => withQuestions(asked, async (questions) => await auditStore(questions, await listSources(questions), asked.links)),
    showSession: (id, asked) => withQuestions(asked, (questions) => showSession(questions, id)),
    showChange: (id, asked) => withQuestions(asked, (questions) => showChange(questions, id)),
    showCommit: (id, asked) => withQuestions(asked, (questions) => showCommit(questions, id)),
    explain: (subject, asked) => withQuestions(asked, (questions) => explain(questions, subject)),
    sources: () => withQuestions({ asOf: null }, listSources),
    problems: () => withFacts(folder, true, listProblems),
  };
}

async function listProblems(store: FactStore): Promise<Problem[]> {
  const rows = await store.database.all("SELECT * FROM problem ORDER BY severity, source, code, locator");
  return rows.map(
    (row): Problem => ({
      code: String(row["code"]),
      severity: row["severity"] as Problem["severity"],
      source: String(row["source"]),
      locator: String(row["locator"]),
      message: String(row["message"]),
      ...(row["hint"] === null ? {} : { hint: String(row["hint"]) }),
      count: row["occurrences"] as number,
    }),
  );
}

async function problemCounts(store: FactStore): Promise<{ code: string; severity: Problem["severity"]; count: number; message: string }[]> {
  const rows = await store.database.all(
    "SELECT code, severity, sum(occurrences)::INTEGER AS n, min(message) AS message FROM problem GROUP BY code, severity ORDER BY severity, n DESC, code",
  );
  return rows.map((row) => ({
    code: String(row["code"]),
    severity: row["severity"] as Problem["severity"],
    count: row["n"] as number,
    message: String(row["message"]),
  }));
}
