import type { Problem } from "../contract/problem.ts";
import { sources } from "../sources/registry.ts";
import type { Database } from "../store/duckdb/database.ts";
import { readRepositories } from "../store/fact-reader.ts";
import type { FactStore } from "../store/store.ts";
import { answerQuestion } from "./answer.ts";
import type { SourceRow } from "../contract/answer.ts";
import type { Assay, AskOptions } from "./assay.ts";
import { takeBasis } from "./basis.ts";
import { blame } from "./blame.ts";
import { auditStore } from "./audit.ts";
import { namesOf } from "./compute.ts";
import { compareTool } from "./compare-tool.ts";
import { ensureDerived, incidentLabelsOf, readOptionsConfig, withFacts } from "./derived.ts";
import { explain } from "./explain.ts";
import { noteRows } from "./note-rows.ts";
import { deliveryOf } from "./delivery.ts";
import { readDeliveryFacts } from "./delivery-facts.ts";
import { readForgeDelivery } from "./forge-delivery.ts";
import { readKnownFixes } from "./known-fixes.ts";
import { problemOf } from "./lists.ts";
import type { OpenAssayOptions } from "./open-assay.ts";
import { exportFocus } from "./export-focus.ts";
import { type KnownRepository, fillOrganisation } from "./organisation-tables.ts";
import { homeOf } from "./repository-access.ts";
import { Questions } from "./questions.ts";
import { billRows, reconcileStore } from "./reconcile.ts";
import { stickDaysSensitivity } from "./sensitivity.ts";
import { changeCostsOf, leastChanges, mostUndecided } from "./change-costs.ts";
import { peopleTiersOf } from "./people-tiers.ts";
import { publishedSplitOf } from "./published-split.ts";
import { returnsOf } from "./returns.ts";
import { survivalOf } from "./survival.ts";
import { showChange, showCommit, showSession } from "./show.ts";
import { showFile } from "./show-file.ts";
import { identities } from "./whoami.ts";
import { sourceRows } from "./source-rows.ts";

type Answers = Pick<
  Assay,
  | "answer"
  | "audit"
  | "showSession"
  | "showChange"
  | "showCommit"
  | "explain"
  | "query"
  | "blame"
  | "showFile"
  | "identities"
  | "sources"
  | "notes"
  | "problems"
  | "sensitivity"
  | "survival"
  | "delivery"
  | "returns"
  | "bills"
  | "reconcile"
  | "compareTool"
  | "exportFocus"
  | "costs"
>;

/** How the use cases that ask come to the two databases. */
export interface Reading {
  /** @param kind `whole`: many questions that make one answer, which takes as long as it takes; else one question */
  questions<T>(asked: AskOptions, use: (questions: Questions) => Promise<T>, kind?: "whole"): Promise<T>;
  /** @param name what is read, for who keeps it */
  facts<T>(name: string, use: (store: FactStore) => Promise<T>): Promise<T>;
}

/** Opens the databases for each question anew, and derives before what is stale. */
function eachTime(options: OpenAssayOptions): Reading {
  const facts: Reading["facts"] = (_, use) => withFacts(options.folder, true, use);
  return {
    facts,
    async questions(asked, use) {
      await ensureDerived(options, () => {});
      const questions = await openQuestions(options, asked, facts);
      try {
        return await use(questions);
      } finally {
        questions.close();
      }
    },
  };
}

export async function openQuestions(
  options: OpenAssayOptions,
  { asOf, basis = "list" }: AskOptions,
  facts: Reading["facts"],
): Promise<Questions> {
  const config = readOptionsConfig(options);
  const fill = async (database: Database): Promise<void> =>
    fillOrganisation(database, config, await facts("repositories", knownRepositories), homeOf(options.variables));
  const take = async (database: Database): Promise<void> =>
    basis === "list" ? undefined : await takeBasis(database, basis, config, facts);
  return await Questions.open(options.folder, asOf, config.fates, fill, { basis, take });
}

/** The use cases that ask and change nothing. */
export function answers(options: OpenAssayOptions, reading: Reading = eachTime(options)): Answers {
  const { questions: withQuestions } = reading;
  const listSources = (questions: Questions): Promise<SourceRow[]> =>
    reading.facts("sources", (store) => sourceRows(store, questions.database, sources));
  return {
    answer: (asked) =>
      withQuestions(
        asked,
        async (questions) => {
          const context = await reading.facts("answer", async (store) => ({
            isSample: options.isSample,
            ignoreTrailers: (await store.setting("ignore_trailers")) === "true",
            sources: await sourceRows(store, questions.database, sources),
            problems: countProblems(await listProblems(store, questions.database)),
          }));
          const { range } = asked;
          return await answerQuestion(
            questions,
            context,
            range === undefined ? null : { ...range, timeZone: readOptionsConfig(options).timeZone },
          );
        },
        "whole",
      ),
    audit: (asked) => withQuestions(asked, async (questions) => await auditStore(questions, await listSources(questions), asked.links)),
    showSession: (id, asked) => withQuestions(asked, (questions) => showSession(questions, id)),
    showChange: (id, asked) => withQuestions(asked, (questions) => showChange(questions, id)),
    showCommit: (id, asked) => withQuestions(asked, (questions) => showCommit(questions, id)),
    explain: (subject, asked) => withQuestions(asked, (questions) => explain(questions, subject)),
    query: (query, asked) =>
      withQuestions({ ...asked, basis: query.basis ?? asked.basis ?? "list" }, (questions) =>
        questions.ask({ timeZone: readOptionsConfig(options).timeZone, ...query }),
      ),
    blame: (file, asked) => withQuestions(asked, (questions) => blame(questions, file, options.variables)),
    showFile: (file, asked) => withQuestions(asked, (questions) => showFile(questions, file, options.variables)),
    identities: () => reading.facts("identities", (store) => identities(store, readOptionsConfig(options).organisation.people ?? [])),
    sensitivity: (asked) => withQuestions(asked, (questions) => stickDaysSensitivity(questions, asked.stickDays)),
    survival: (asked) =>
      withQuestions(asked, async (questions) =>
        survivalOf(questions, asked, await readKnownFixes(questions), readOptionsConfig(options).organisation.people ?? []),
      ),
    delivery: (asked) =>
      withQuestions(asked, async (questions) => {
        const rows = await questions.database.all("SELECT repository_id, name, release_rule FROM repository_d");
        const repositories = rows.map((row) => ({
          id: row["repository_id"] as number,
          name: String(row["name"]),
          releaseRule: String(row["release_rule"]),
        }));
        const incidentLabels = incidentLabelsOf(readOptionsConfig(options).organisation);
        const asOf = `delivery ${questions.instant} ${JSON.stringify([repositories, incidentLabels])}`;
        const { facts, told, unplaced } = await reading.facts(asOf, async (store) => {
          const read = await readDeliveryFacts(store, questions.instant);
          return { facts: read, ...(await readForgeDelivery(store, repositories, read, questions.instant, incidentLabels)) };
        });
        return await deliveryOf(questions, asked, facts, await readKnownFixes(questions), told, unplaced);
      }),
    returns: (asked) =>
      withQuestions(asked, async (questions) => ({
        ...(await returnsOf((query) => questions.ask(query), asked.by)),
        publishedSplit: await publishedSplitOf(questions),
      })),
    costs: (asked) =>
      withQuestions(asked, async (questions) => {
        const { organisation, timeZone } = readOptionsConfig(options);
        return {
          grain: asked.grain,
          leastChanges,
          mostUndecided,
          ...(await changeCostsOf((query) => questions.ask({ timeZone, ...query }), asked.grain)),
          people: await peopleTiersOf(questions, asked, organisation),
        };
      }),
    bills: () => reading.facts("bills", billRows),
    reconcile: (asked) =>
      withQuestions(asked, (questions) => {
        const config = readOptionsConfig(options);
        const name = `reconcile ${JSON.stringify([asked, config.prices, config.organisation.exchange_rates])}`;
        return reading.facts(name, (store) => reconcileStore(store, questions.database, config, asked));
      }),
    exportFocus: (asked) => withQuestions(asked, (questions) => exportFocus(questions, readOptionsConfig(options), asked), "whole"),
    compareTool: (asked) =>
      withQuestions({ asOf: null }, (questions) => {
        const config = readOptionsConfig(options);
        return compareTool(questions.database, config, { ...asked, timeZone: asked.timeZone ?? config.timeZone });
      }),
    sources: () => withQuestions({ asOf: null }, listSources),
    notes: () => withQuestions({ asOf: null }, (questions) => noteRows(questions.database)),
    problems: () =>
      withQuestions({ asOf: null }, (questions) => reading.facts("problems", (store) => listProblems(store, questions.database))),
  };
}

async function knownRepositories(store: FactStore): Promise<KnownRepository[]> {
  const { repositories } = await readRepositories(store);
  return repositories.map((stored) => ({ id: stored.id, names: namesOf(stored) }));
}

/** Problems of reading, from the facts, and of joining and pricing, from what was derived. */
async function listProblems(store: FactStore, derived: Database): Promise<Problem[]> {
  const columns = "source, code, severity, locator, message, hint, occurrences";
  const rows = [
    ...(await store.database.all(`SELECT ${columns} FROM problem ORDER BY severity, source, code, locator`)),
    ...(await derived.all(`SELECT ${columns} FROM problem_d ORDER BY severity, source, code, locator`)),
  ];
  return rows.map(problemOf);
}

interface ProblemCount {
  readonly code: string;
  readonly severity: Problem["severity"];
  readonly count: number;
  readonly message: string;
}

/** Problems by kind, lost input first, then the most frequent. */
function countProblems(problems: readonly Problem[]): ProblemCount[] {
  const counts = new Map<string, ProblemCount>();
  for (const { code, severity, message, count = 1 } of problems) {
    const key = `${severity} ${code}`;
    counts.set(key, { code, severity, message, count: (counts.get(key)?.count ?? 0) + count });
  }
  return [...counts.values()].sort((a, b) =>
    a.severity === b.severity ? b.count - a.count || (a.code < b.code ? -1 : 1) : a.severity === "lost" ? -1 : 1,
  );
}
