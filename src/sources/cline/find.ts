/** Finds the tasks that Cline and the agents made from it keep in the storage of editors, and reads their folders. */
import { readFileSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { Problem } from "../../contract/problem.ts";
import { CountedProblems } from "../counted-problems.ts";
import { isMissing, isSystemError, unreadable } from "../find-files.ts";
import { recordsOf } from "../json-records.ts";
import { type JsonObject, objectOf, parsedText } from "../loose-json.ts";
import type { Found, Item, SourceEnv, SourceState } from "../source.ts";
import { type Dialect, taskFacts } from "./task.ts";

const shownFile = "ui_messages.json";
const conversationFile = "api_conversation_history.json";
/** Cline's, and Roo's. */
const metadataFiles = ["task_metadata.json", "history_item.json"] as const;
const files = [shownFile, conversationFile, ...metadataFiles];

/** Every task below folders that hold `tasks/`. Looks at names, sizes and times only. A task in two of them is told twice, under the same keys. */
export function* findTasks(
  source: string,
  dialect: Dialect,
  storages: readonly string[],
  { fingerprinter }: SourceEnv,
): Generator<Found | { readonly problem: Problem }> {
  for (const storage of storages) {
    try {
      for (const folder of foldersIn(join(storage, "tasks"))) yield* foundTask(folder, source, dialect, fingerprinter);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      yield { problem: unreadable(source, join(storage, "tasks"), error) };
    }
  }
}

function* foundTask(
  folder: string,
  source: string,
  dialect: Dialect,
  fingerprinter: SourceEnv["fingerprinter"],
): Generator<Found | { readonly problem: Problem }> {
  try {
    const state = stateOfTask(folder);
    // By its file: a watcher listens to the folder a key lies in.
    if (state !== null) yield { key: join(folder, shownFile), state, read: () => readTask(folder, state, source, dialect, fingerprinter) };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    yield { problem: unreadable(source, folder, error) };
  }
}

/** Null where the folder holds no messages. */
function stateOfTask(folder: string): SourceState | null {
  const stats = files.map((name) => statSync(join(folder, name), { throwIfNoEntry: false }));
  if (stats[0] === undefined) return null;
  const there = stats.filter((one) => one !== undefined);
  return {
    size: there.reduce((sum, { size }) => sum + size, 0),
    mtimeMs: Math.floor(Math.max(...there.map(({ mtimeMs }) => mtimeMs))),
    identity: `${stats[0].dev}:${there.map(({ ino }) => ino).join(".")}`,
  };
}

async function* readTask(
  folder: string,
  state: SourceState,
  source: string,
  dialect: Dialect,
  fingerprinter: SourceEnv["fingerprinter"],
): AsyncGenerator<readonly Item[]> {
  const problems = new CountedProblems(source, folder);
  try {
    const metadata = metadataFiles.reduce<JsonObject>((all, name) => ({ ...all, ...objectOf(parsedText(textIn(folder, name))) }), {});
    const task = {
      id: basename(folder),
      shown: recordsOf(textIn(folder, shownFile) ?? "", "ts", ["tokensIn"], problems),
      conversation: recordsOf(textIn(folder, conversationFile) ?? "", "role", ["tool_use", "<write_to_file>"], problems),
      metadata,
    };
    const facts = taskFacts(task, { dialect, fingerprinter, problems }).map((fact): Item => ({ kind: "fact", fact }));
    yield [...facts, ...problems.take()];
    yield [{ kind: "checkpoint", checkpoint: { state, offset: state.size, tail: "" } }];
  } catch (error) {
    if (!isSystemError(error)) throw error;
    yield [{ kind: "problem", problem: unreadable(source, folder, error) }];
  }
}

/** Null where the file is not there. */
function textIn(folder: string, name: string): string | null {
  try {
    return readFileSync(join(folder, name), "utf8");
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isFile())
      .map(({ name }) => join(folder, name))
      .sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
