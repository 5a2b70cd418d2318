/** What the server may call beside the `Assay`: lists, saved views, what is stored, files made of answers. */
import type {
  CatalogueCard,
  ChangeRow,
  ChangesQuery,
  FileRow,
  FilesQuery,
  LedgerListQuery,
  Limits,
  ListedStrand,
  Page,
  ProblemsQuery,
  SavedView,
  SessionRow,
  Stored,
} from "../contract/api.ts";
import { UserError } from "../contract/errors.ts";
import { fateNames, notObservedByGit } from "../contract/fates.ts";
import type { Problem } from "../contract/problem.ts";
import type { MeasureQueryInput, MeasureResult } from "../contract/query.ts";
import type { Blame, FileCard } from "../contract/show.ts";
import { rollUpOf } from "../attribution/fates.ts";
import { describeMeasures, dimensionIds, dimensionsOfEntity } from "../measures/catalogue.ts";
import { type Dimension, dimensions } from "../measures/dimensions.ts";
import { type EntityId, entities, entity } from "../measures/entities.ts";
import { join } from "node:path";
import { readRepositories } from "../store/fact-reader.ts";
import { factsFile } from "../store/place.ts";
import { dropView, readViews, saveView } from "../store/saved-views.ts";
import { answers } from "./answers.ts";
import type { Assay, AskOptions } from "./assay.ts";
import { blame } from "./blame.ts";
import { readOptionsConfig } from "./derived.ts";
import { HeldQuestions } from "./held-questions.ts";
import { asOfOf, listChanges, listFiles, listProblems, listSessions, listStrands, requireRepository } from "./lists.ts";
import { type OpenAssayOptions, openAssay } from "./open-assay.ts";
import { resultParquet } from "./result-table.ts";
import { keepingSeen } from "./seen.ts";
import { fateSentences } from "./sentences.ts";
import { showFile } from "./show-file.ts";
import { storedColumns } from "./stored.ts";

export interface ServedAssay
  extends Pick<
    Assay,
    | "answer"
    | "explain"
    | "showSession"
    | "showChange"
    | "showCommit"
    | "delivery"
    | "survival"
    | "returns"
    | "costs"
    | "sources"
    | "notes"
    | "close"
  > {
  readonly limits: Omit<Limits, "truncated">;
  /** As `Assay.query`, as of the instant the query names. */
  query(query: MeasureQueryInput): Promise<MeasureResult>;
  /** Names what every answer rests on: equal names, equal answers. */
  revision(): string;
  catalogue(): CatalogueCard;
  listSessions(asked: LedgerListQuery): Promise<Page<SessionRow>>;
  listChanges(asked: ChangesQuery): Promise<Page<ChangeRow>>;
  listFiles(asked: FilesQuery): Promise<Page<FileRow>>;
  listStrands(asked: LedgerListQuery): Promise<Page<ListedStrand>>;
  listProblems(asked: ProblemsQuery): Promise<Page<Problem>>;
  /** One file of HEAD, and its lines with author, age and cost. @param repository its name or number */
  file(repository: string, path: string, options: AskOptions): Promise<{ readonly file: FileCard; readonly blame: Blame }>;
  parquet(result: MeasureResult): Promise<Uint8Array>;
  stored(): Stored;
  views(): Promise<readonly SavedView[]>;
  saveView(view: Pick<SavedView, "name" | "query">): Promise<SavedView>;
  /** @throws UserError `unknown_view` */
  dropView(name: string): Promise<void>;
}

export interface ServeLimits {
  readonly timeMs: number;
  readonly rows: number;
}

/** Opens a store to be served: the derived tables stay open, the facts do not (docs/decisions/0018). */
export function openServed(options: OpenAssayOptions, limits: ServeLimits): ServedAssay {
  const held = new HeldQuestions(options, limits.timeMs);
  const asking = answers(options, held);
  const { folder, variables } = options;
  const timeZone = (): string => readOptionsConfig(options).timeZone;
  const list = <T extends { readonly asOf?: string | undefined }, R>(asked: T, use: Parameters<typeof held.questions<R>>[1]): Promise<R> =>
    held.questions({ asOf: asOfOf(asked) }, use);
  const changeFacts = <T>(use: Parameters<typeof held.withFacts<T>>[1]): Promise<T> =>
    keepingSeen(folder, join(folder, factsFile), () => held.withFacts(false, use));
  return {
    ...asking,
    limits,
    revision: () => held.revision(),
    catalogue,
    query: (query) => asking.query(capped(query, limits.rows), { asOf: instantOf(query) }),
    listSessions: (asked) => list(asked, (questions) => listSessions(questions, asked, timeZone())),
    listChanges: (asked) => list(asked, (questions) => listChanges(questions, asked, timeZone())),
    listFiles: (asked) => list(asked, (questions) => listFiles(questions, asked)),
    listStrands: (asked) => list(asked, (questions) => listStrands(questions, asked, timeZone())),
    listProblems: (asked) =>
      held.questions({ asOf: null }, (questions) =>
        listProblems(questions.database, (use) => held.facts(`problems ${asked.cursor} ${asked.limit}`, use), asked),
      ),
    file: (repository, path, asked) =>
      held.questions(asked, async (questions) => {
        const { id, name } = await requireRepository(questions, repository);
        const known = await held.facts("clones", async (store) => (await readRepositories(store)).repositories);
        const folderOf = known.find((one) => one.id === id)?.clones[0]?.clone;
        if (folderOf === undefined)
          throw new UserError("no_repository", `No copy of ${name} is known on this machine.`, { hint: "Import one with --repo." });
        const file = { file: path, repository: folderOf, workingDir: folderOf };
        return { file: await showFile(questions, file, variables), blame: await blame(questions, file, variables) };
      }),
    parquet: (result) => resultParquet(result, folder),
    stored: storedColumns,
    views: async () => (await held.facts("views", (store) => readViews(store.database))).map(shownView),
    async saveView(view) {
      const stored = { ...view, savedMs: options.now() };
      await changeFacts((store) => saveView(store.database, stored));
      return shownView(stored);
    },
    async dropView(name) {
      if (!(await changeFacts((store) => dropView(store.database, name))))
        throw new UserError("unknown_view", `No view is saved as '${name}'.`);
    },
    async close() {
      await held.close();
      await openAssay(options).close();
    },
  };
}

const shownView = ({ name, query, savedMs }: { readonly name: string; readonly query: string; readonly savedMs: number }): SavedView => ({
  name,
  query,
  savedAt: new Date(savedMs).toISOString(),
});

/** A query that asks for more rows than the server gives is asked for as many as it gives; the answer says so. */
function capped(query: MeasureQueryInput, rows: number): MeasureQueryInput {
  const { limit } = query;
  return typeof limit === "number" && limit > rows ? { ...query, limit: rows } : query;
}

/** What is no instant its schema refuses where it is asked. */
function instantOf({ asOf }: MeasureQueryInput): number | null {
  const at = typeof asOf === "string" ? Date.parse(asOf) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}

function catalogue(): CatalogueCard {
  return {
    measures: describeMeasures().map((measure) => ({
      ...measure,
      dimensions: [...measure.dimensions],
      minimumSample: measure.minimumSample === null ? null : { ...measure.minimumSample },
      refusedAbove: measure.refusedAbove === null ? null : { ...measure.refusedAbove },
    })),
    dimensions: dimensionIds.map((id) => {
      const { title, description, person, artefact }: Dimension = dimensions[id];
      return { id, title, description, person: person === true, artefact: artefact === true };
    }),
    entities: (Object.keys(entities) as EntityId[]).map((id) => {
      const { title, timeTitle } = entity(id);
      return { id, title, timeTitle, dimensions: [...dimensionsOfEntity(id)] };
    }),
    fates: fateNames.map((fate) => ({
      fate,
      rollUp: rollUpOf(fate),
      sentence: fateSentences[fate],
      observed: !notObservedByGit.includes(fate),
    })),
  };
}
