/** The elements of a JSON array in a file, also of one that is damaged: what is around the damage is read. */
import type { CountedProblems } from "./counted-problems.ts";
import { type JsonObject, isObject } from "./loose-json.ts";

/**
 * Objects of an array.
 * @param firstKey key each of them begins with, as their agent writes them: where they begin in a damaged file
 * @param lostMarks texts that tell of a damaged piece that tokens or writes were in it
 */
export function recordsOf(text: string, firstKey: string, lostMarks: readonly string[], problems: CountedProblems): JsonObject[] {
  const whole = parsed(text);
  if (Array.isArray(whole)) return whole.filter(isObject);
  const records: JsonObject[] = [];
  for (const piece of text.split(new RegExp(`(?=\\{\\s*"${firstKey}"\\s*:)`))) {
    const stop = endOfObject(piece);
    const record = parsed(piece.slice(0, stop));
    if (isObject(record)) records.push(record);
    const torn = isObject(record) ? piece.slice(stop) : piece;
    if (!/^[\s[\],]*$/.test(torn)) tellTorn(torn, text.indexOf(piece), lostMarks, problems);
  }
  return records;
}

/** Where the object ends that a text begins with; the text's end if it does not. */
function endOfObject(text: string): number {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === "\\") i++;
    else if (char === '"') inString = !inString;
    else if (!inString && char === "{") depth++;
    else if (!inString && char === "}" && --depth === 0) return i + 1;
  }
  return text.length;
}

function tellTorn(piece: string, at: number, lostMarks: readonly string[], problems: CountedProblems): void {
  const severity = lostMarks.some((mark) => piece.includes(mark)) ? "lost" : "notice";
  problems.add(
    "torn_record",
    severity,
    at,
    "part of the file is no JSON; left out",
    "the file was damaged when it was written; a backup may have it whole",
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // the caller reads what can be read, and counts the rest
  }
}
