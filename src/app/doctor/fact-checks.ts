/** The facts: whether they open, and whether each is there once and says what it means. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type FactColumn, type FactTable, factTables } from "../../store/fact-tables.ts";
import { factsFile } from "../../store/place.ts";
import type { FactStore } from "../../store/store.ts";
import { readSeen, sameState, seenPath } from "../seen.ts";
import { RepositoryAccess } from "../repository-access.ts";
import { type Check, countOf, counted, failed, ok, warning } from "./check.ts";

const anew = "Keep a copy of facts.duckdb, move it away and import again; report this, for no import should leave it so.";

const columnsOf = (table: FactTable): readonly FactColumn[] => factTables[table];

/** Columns that hold ids of the dictionary. */
const dictionaryColumns = (table: FactTable): string[] =>
  columnsOf(table)
    .filter(
      ({ name, type, rule }) =>
        rule === "text" || (rule === "key" && type === "INTEGER" && name.endsWith("_id") && name !== "repository_id"),
    )
    .map(({ name }) => name);

export const factChecks: readonly Check[] = [
  {
    id: "facts_open",
    theme: "store",
    needs: "nothing",
    async run({ options, factsError }) {
      if (factsError === null) return ok("The store opens, and its schema is the one this version knows.");
      const advice = factsError.hint ?? "Give another folder with --store.";
      return ["no_store", "store_busy", "store_older"].includes(factsError.code)
        ? warning(factsError.message, advice)
        : failed(`${factsError.message} (${options.folder})`, advice);
    },
  },
  {
    id: "configuration",
    theme: "store",
    needs: "nothing",
    async run({ configError }) {
      return configError === null
        ? ok("assay.yaml is valid, or not there.")
        : failed(configError.message, configError.hint ?? "Mend assay.yaml.");
    },
  },
  {
    id: "facts_once",
    theme: "store",
    needs: "facts",
    async run(_, { database }) {
      const twice: string[] = [];
      for (const table of Object.keys(factTables) as FactTable[]) {
        const keys = columnsOf(table)
          .filter(({ rule }) => rule === "key")
          .map(({ name }) => name)
          .join(", ");
        const count = await countOf(database, `SELECT count(*) FROM (SELECT 1 FROM "${table}" GROUP BY ${keys} HAVING count(*) > 1)`);
        if (count > 0) twice.push(`${table} (${count})`);
      }
      return twice.length === 0
        ? ok("Every fact is stored once.")
        : failed(`Facts are stored more than once under one natural key: ${twice.join(", ")}.`, anew);
    },
  },
  {
    id: "dictionary_ids",
    theme: "store",
    needs: "facts",
    async run(_, { database }) {
      const crooked = await countOf(
        database,
        `SELECT count(*) - count(DISTINCT text) + count(*) - count(DISTINCT id) + abs(coalesce(max(id) + 1, 0) - count(*)) FROM dict`,
      );
      if (crooked > 0) return failed("The dictionary of texts has gaps, or a text or an id twice: ids may mean another text.", anew);
      const unresolved: string[] = [];
      for (const table of Object.keys(factTables) as FactTable[])
        for (const column of dictionaryColumns(table)) {
          const count = await countOf(
            database,
            `SELECT count(*) FROM "${table}" WHERE ${column} < 0 OR ${column} >= (SELECT count(*) FROM dict)`,
          );
          if (count > 0) unresolved.push(`${table}.${column} (${count})`);
        }
      return unresolved.length === 0
        ? ok("Every id of a text has its text.")
        : failed(`Facts name texts that are not in the dictionary: ${unresolved.join(", ")}.`, anew);
    },
  },
  {
    id: "repository_ids",
    theme: "store",
    needs: "facts",
    async run(_, { database }) {
      const lost: string[] = [];
      for (const table of ["commit", "file_change", "checkpoint", "authorship_note", "ref_seen", "clone_state", "repository_alias"]) {
        const count = await countOf(
          database,
          `SELECT count(*) FROM "${table}" WHERE repository_id NOT IN (SELECT repository_id FROM repository)`,
        );
        if (count > 0) lost.push(`${table} (${count})`);
      }
      const orphans = await countOf(database, `SELECT count(*) FROM file_change ANTI JOIN "commit" USING (repository_id, commit_hash)`);
      if (orphans > 0) lost.push(`file_change without its commit (${orphans})`);
      return lost.length === 0
        ? ok("Every commit has its repository, every changed file its commit.")
        : failed(`Facts hang on nothing: ${lost.join(", ")}.`, anew);
    },
  },
  {
    id: "seen_agrees",
    theme: "store",
    needs: "facts",
    run: seenAgrees,
  },
  {
    id: "nothing_denied",
    theme: "store",
    needs: "facts",
    async run({ config, options }, { database }) {
      const access = new RepositoryAccess(config.organisation.repositories, options.variables);
      if (!access.hasRules) return ok("assay.yaml forbids no repository.");
      const aliases = await database.all(
        `SELECT repository_id, to_json(list(value))::VARCHAR AS names FROM repository_alias
         WHERE kind <> 'root' AND repository_id IN (SELECT repository_id FROM "commit") GROUP BY repository_id`,
      );
      const repositories = aliases.filter((row) => !access.allowsNames(JSON.parse(String(row["names"])) as string[])).length;
      const folders = await database.all(
        "SELECT text FROM dict WHERE id IN (SELECT cwd_id FROM session UNION SELECT cwd_id FROM sighting)",
      );
      const ran = folders.filter((row) => access.denies(String(row["text"]))).length;
      return repositories + ran === 0
        ? ok("The store holds nothing of a repository that assay.yaml forbids.")
        : failed(
            `The store holds the commits of ${repositories} and the session folders (${ran}) of repositories that assay.yaml now forbids.`,
            "What is stored is not taken out again: to be rid of it, move the store away and import anew. Logs the agents deleted meanwhile cannot be read again.",
          );
    },
  },
];

/** The cache that says "nothing new" without opening a store must say what the store says. */
async function seenAgrees({ options }: Parameters<Extract<Check, { needs: "facts" }>["run"]>[0], facts: FactStore) {
  const { folder, version } = options;
  const factsPath = join(folder, factsFile);
  if (!existsSync(seenPath(folder))) return ok("seen.json is not there: the next import looks for itself.");
  const seen = readSeen(folder, factsPath, version);
  if (seen === null)
    return isJson(seenPath(folder))
      ? ok("seen.json speaks of an earlier state of the store and counts for nothing: the next import looks for itself.")
      : warning("seen.json cannot be read; it counts for nothing.", "Remove it; the next import writes it anew.");
  let differing = 0;
  for (const [source, inputs] of Object.entries(seen.inputs)) {
    const stored = await facts.inputStates(source);
    differing += Object.entries(inputs).filter(([key, state]) => !sameState(stored.get(key), state)).length;
  }
  const clones = new Set((await facts.database.all("SELECT DISTINCT clone FROM clone_state")).map((row) => String(row["clone"])));
  differing += Object.keys(seen.repositories).filter((clone) => !clones.has(clone)).length;
  return differing === 0
    ? ok("seen.json agrees with the store.")
    : failed(
        `seen.json calls ${counted(differing, "input")} read that the store has not read so: imports would pass over them.`,
        "Remove seen.json from the folder of the store and import again.",
      );
}

function isJson(path: string): boolean {
  try {
    JSON.parse(readFileSync(path, "utf8"));
    return true;
  } catch {
    return false; // the caller tells
  }
}
