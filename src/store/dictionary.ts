import type { Database, Row } from "./duckdb/database.ts";

/** Strings that repeat, as small integers. Kept in memory while a store is open; new ones are written with the batch that needs them. */
export class Dictionary {
  readonly #ids = new Map<string, number>();
  readonly #texts: string[] = [];
  #written = 0;

  static async load(database: Database): Promise<Dictionary> {
    const dictionary = new Dictionary();
    const { columns } = await database.columns("SELECT text FROM dict ORDER BY id");
    for (const text of (columns[0] ?? []) as string[]) dictionary.id(text);
    dictionary.#written = dictionary.#texts.length;
    return dictionary;
  }

  id(text: string): number {
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.#texts.length;
      this.#ids.set(text, id);
      this.#texts.push(text);
    }
    return id;
  }

  maybeId(text: string | null): number | null {
    return text === null ? null : this.id(text);
  }

  text(id: number): string {
    const text = this.#texts[id];
    if (text === undefined) throw new Error(`dictionary id ${id} is not in the store`);
    return text;
  }

  maybeText(id: number | null): string | null {
    return id === null ? null : this.text(id);
  }

  /** Writes the strings that are new since the last call. */
  async flush(database: Database): Promise<void> {
    const rows: Row[] = this.#texts.slice(this.#written).map((text, i) => [this.#written + i, text]);
    await database.append("dict", ["INTEGER", "VARCHAR"], rows);
    this.#written = this.#texts.length;
  }
}
