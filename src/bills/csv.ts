/**
 * Reads comma-separated values (RFC 4180) piece by piece: quotes, doubled quotes, line ends inside quotes, CRLF, a byte order
 * mark. A comma, semicolon or tab separates, whichever the first line has most of outside quotes.
 */
export class CsvReader {
  #rest = "";
  #separator: string | null = null;
  /** Of the line the next record begins on, counted from 1. */
  #line = 1;

  /** Records that are whole by now. A record without any text is left out. */
  push(text: string): CsvRecord[] {
    this.#rest += this.#line === 1 && this.#rest === "" ? text.replace(/^\uFEFF/, "") : text;
    return this.#take(false);
  }

  /** What is left at the end. @returns `isTorn`: the last record ends inside quotes */
  end(): { readonly records: CsvRecord[]; readonly isTorn: boolean } {
    const records = this.#take(true);
    return { records, isTorn: this.#rest !== "" };
  }

  #take(isEnd: boolean): CsvRecord[] {
    this.#separator ??= separatorOf(this.#rest, isEnd);
    const separator = this.#separator;
    if (separator === null) return [];
    const records: CsvRecord[] = [];
    const text = this.#rest;
    let start = 0;
    let line = this.#line;
    let cells: string[] = [];
    let at = 0;
    let lines = 0;
    while (at <= text.length) {
      const cell = readCell(text, at, separator, isEnd);
      if (cell === null) break;
      cells.push(cell.value);
      lines += cell.lines;
      if (text[cell.end] === separator) {
        at = cell.end + 1;
        continue;
      }
      if (cells.length > 1 || cells[0] !== "") records.push({ line, cells });
      at = text[cell.end] === "\r" && text[cell.end + 1] === "\n" ? cell.end + 2 : cell.end + 1;
      line += lines + 1;
      lines = 0;
      cells = [];
      start = Math.min(at, text.length);
      if (cell.end >= text.length) break;
    }
    this.#rest = text.slice(start);
    this.#line = line;
    return records;
  }
}

export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** @returns null where the text ends before it is known where the cell does */
function readCell(text: string, at: number, separator: string, isEnd: boolean): { value: string; end: number; lines: number } | null {
  if (text[at] !== '"') {
    for (let end = at; end < text.length; end++) {
      const char = text[end];
      if (char === separator || char === "\n") return { value: text.slice(at, end), end, lines: 0 };
      if (char === "\r" && end + 1 < text.length && text[end + 1] === "\n") return { value: text.slice(at, end), end, lines: 0 };
    }
    return isEnd ? { value: text.slice(at).replace(/\r$/, ""), end: text.length, lines: 0 } : null;
  }
  let value = "";
  let from = at + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0 || (quote + 1 >= text.length && !isEnd)) return null;
    value += text.slice(from, quote);
    if (text[quote + 1] === '"') {
      value += '"';
      from = quote + 2;
      continue;
    }
    // What stands between a closing quote and the separator belongs to nobody; writers leave blanks there.
    let end = quote + 1;
    while (end < text.length && text[end] !== separator && text[end] !== "\n" && !(text[end] === "\r" && text[end + 1] === "\n")) end++;
    if (end >= text.length && !isEnd) return null;
    return { value, end, lines: value.split("\n").length - 1 };
  }
}

function separatorOf(text: string, isEnd: boolean): string | null {
  const first = /^(?:"(?:[^"]|"")*"|[^"\n])*\n/.exec(text)?.[0] ?? (isEnd ? text : null);
  if (first === null) return null;
  const bare = first.replace(/"(?:[^"]|"")*"/g, "");
  const count = (separator: string): number => bare.split(separator).length - 1;
  return [",", ";", "\t"].sort((a, b) => count(b) - count(a))[0] as string;
}
