import type { InputFile } from "./find-files.ts";
import { foundFile } from "./found-file.ts";
import { parseJsonDocument } from "./json-document.ts";
import { parseJsonLines } from "./json-lines.ts";
import type { JsonFormat, JsonInput } from "./json-reading.ts";
import type { Found, SourceEnv } from "./source.ts";

/** A file of JSON as what was found: lines that are read on, or one document. @param session of records that name none */
export function foundJson(
  file: InputFile,
  source: string,
  session: string,
  { fingerprinter }: SourceEnv,
  format: () => JsonFormat,
  shape: "lines" | "document" = "lines",
): Found {
  const input: JsonInput = { source, locator: file.path, session, complete: false, fingerprinter };
  return foundFile(file, source, (open, from) =>
    shape === "document" ? parseJsonDocument(open, input, format()) : parseJsonLines(open, from, input, format()),
  );
}
