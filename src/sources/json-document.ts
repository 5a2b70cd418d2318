/** Reads an input that is one JSON document, written anew as a whole whenever it grows. */
import type { ParsedBatch } from "./found-file.ts";
import { HeardItems, type JsonFormat, type JsonInput } from "./json-reading.ts";
import type { OpenBytes } from "./lines.ts";
import { isObject } from "./loose-json.ts";

/** More cannot be one string. */
const maxBytes = 0x1fffffe8;

/** The document is the one record its reader takes. */
export async function* parseJsonDocument(open: OpenBytes, input: JsonInput, format: JsonFormat): AsyncGenerator<ParsedBatch> {
  const heard = new HeardItems(input, 0);
  const reader = format.reader(input, heard);
  const bytes = await wholeOf(open(0));
  const document = bytes.length > maxBytes ? new Error("more than can be one string") : parsed(bytes);
  if (isObject(document) && !(document instanceof Error)) {
    reader.take(document, 0);
    reader.finish();
  } else if (bytes.length > 0) tellBroken(heard, bytes, document, input, format);
  yield { items: [...heard.take(), ...heard.takeProblems()], resumeAt: bytes.length };
}

async function wholeOf(chunks: ReturnType<OpenBytes>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(Buffer.from(chunk)); // the chunk is overwritten by the next one
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8")) as unknown;
  } catch (error) {
    return error; // told as a problem by the caller
  }
}

function tellBroken(heard: HeardItems, bytes: Buffer, error: unknown, { complete }: JsonInput, { lostMarks }: JsonFormat): void {
  if (!complete && error instanceof SyntaxError && endsEarly(error.message, bytes)) {
    heard.problem("unfinished_document", "notice", 0, "the document is not finished; it is read when it is written anew");
    return;
  }
  const lost = lostMarks.some((mark) => bytes.includes(mark));
  heard.problem(
    "broken_document",
    lost ? "lost" : "notice",
    0,
    "the document is not the JSON it should be; nothing in it was counted",
    "the file was damaged when it was written; a backup may have it whole",
  );
}

/** Node's word for a text that ends inside a value: no position, or that of its end. */
function endsEarly(message: string, bytes: Buffer): boolean {
  const position = /at position (\d+)/.exec(message)?.[1];
  return /end of JSON|Unterminated/.test(message) || (position !== undefined && Number(position) >= bytes.toString("utf8").length);
}
