/**
 * OpenCode's older store, a JSON file each for a session, a message and a part:
 * `storage/{session/<project>/<session>, message/<session>/<message>, part/<message>/<part>}.json`.
 */
import { type Dirent, readFileSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { Problem } from "../../contract/problem.ts";
import { isMissing, isSystemError, unreadable } from "../find-files.ts";
import { parsedJson } from "../json-cursor.ts";
import { type JsonObject, isObject, stringOf } from "../loose-json.ts";
import type { Checkpoint, Found, Item, SourceState } from "../source.ts";
import { type ReadingContext, sessionFacts } from "./facts.ts";
import { type Message, type Part, sessionOf } from "./messages.ts";

/** Every session below `storage/`. Looks at names, sizes and times only. @param context a new one for each reading, by its place */
export function* findStoredSessions(
  storage: string,
  source: string,
  context: (locator: string) => ReadingContext,
): Generator<Found | { readonly problem: Problem }> {
  const records = new Map<string, string>();
  for (const project of foldersIn(join(storage, "session"))) {
    for (const file of filesIn(project)) records.set(basename(file, ".json"), file);
  }
  for (const folder of foldersIn(join(storage, "message"))) {
    try {
      const session = new StoredSession(storage, folder, records, source);
      yield { key: folder, state: session.state(), read: () => session.read(context(folder)) };
    } catch (error) {
      if (!isSystemError(error)) throw error;
      yield { problem: unreadable(source, folder, error) };
    }
  }
}

class StoredSession {
  readonly #storage: string;
  readonly #folder: string;
  readonly #records: ReadonlyMap<string, string>;
  readonly #source: string;

  constructor(storage: string, folder: string, records: ReadonlyMap<string, string>, source: string) {
    this.#storage = storage;
    this.#folder = folder;
    this.#records = records;
    this.#source = source;
  }

  /** Messages are written anew when a part of them ends; so they and the session's record tell whether anything is new. */
  state(): SourceState {
    const id = basename(this.#folder);
    let size = 0;
    let mtimeMs = 0;
    let files = 0;
    for (const path of [...filesIn(this.#folder), this.#records.get(id)]) {
      const stats = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
      if (stats === undefined) continue; // gone since it was listed
      size += stats.size;
      mtimeMs = Math.max(mtimeMs, Math.floor(stats.mtimeMs));
      files++;
    }
    return { size, mtimeMs, identity: String(files) };
  }

  async *read(context: ReadingContext): AsyncGenerator<readonly Item[]> {
    const state = this.state();
    try {
      const id = basename(this.#folder);
      const session = sessionOf(id, this.#record(id, context) ?? {}, this.#parentsOf(id, context));
      const facts = sessionFacts(session, this.#messages(context), context);
      yield [...facts.map((fact): Item => ({ kind: "fact", fact })), ...context.problems.take()];
      const checkpoint: Checkpoint = { state, offset: state.size, tail: "" };
      yield [{ kind: "checkpoint", checkpoint }];
    } catch (error) {
      if (!isSystemError(error)) throw error;
      yield [{ kind: "problem", problem: unreadable(this.#source, this.#folder, error) }];
    }
  }

  #record(id: string, context: ReadingContext): JsonObject | null {
    const path = this.#records.get(id);
    return path === undefined ? null : this.#json(path, context);
  }

  #parentsOf(id: string, context: ReadingContext): ReadonlyMap<string, string> {
    const parents = new Map<string, string>();
    for (let child = id; !parents.has(child); ) {
      const parent = stringOf(this.#record(child, context)?.["parentID"]);
      if (parent === null) break;
      parents.set(child, parent);
      child = parent;
    }
    return parents;
  }

  *#messages(context: ReadingContext): Generator<Message> {
    for (const path of filesIn(this.#folder)) {
      const info = this.#json(path, context);
      const id = basename(path, ".json");
      if (info !== null) yield { id, info, parts: this.#parts(id, context), place: basename(path) };
    }
  }

  #parts(message: string, context: ReadingContext): Part[] {
    const parts: Part[] = [];
    for (const path of filesIn(join(this.#storage, "part", message))) {
      const data = this.#json(path, context);
      if (data !== null) parts.push({ id: basename(path, ".json"), data });
    }
    return parts;
  }

  #json(path: string, { problems }: ReadingContext): JsonObject | null {
    let bytes: Buffer;
    try {
      bytes = readFileSync(path);
    } catch (error) {
      if (isMissing(error)) return null; // gone since it was listed
      if (!isSystemError(error)) throw error;
      const { code, severity, message, hint } = unreadable(this.#source, path, error);
      problems.add(code, severity, basename(path), message, hint);
      return null;
    }
    const value = parsedJson(bytes);
    if (isObject(value)) return value;
    const lost = /"(?:tokens|tool)"/.test(bytes.toString("latin1"));
    problems.add(
      "torn_record",
      lost ? "lost" : "notice",
      basename(path),
      "file whose JSON is damaged; left out",
      "a backup may have it whole",
    );
    return null;
  }
}

/** Folders in a folder, by name; none where it is not there. */
const foldersIn = (folder: string): string[] => entriesOf(folder, (entry) => entry.isDirectory());

const filesIn = (folder: string): string[] => entriesOf(folder, (entry) => entry.isFile() && entry.name.endsWith(".json"));

function entriesOf(folder: string, wants: (entry: Dirent) => boolean): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(wants)
      .map((entry) => join(folder, entry.name))
      .sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
