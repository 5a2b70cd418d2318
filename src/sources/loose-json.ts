/** Looks into JSON whose shape is another program's: what is not there, or is something else, is null. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);

/** The value as an object; without a member where it is none. */
export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : nothing);
const nothing: JsonObject = {};

export const stringOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A count of tokens; what is none counts nothing, and says so by its quality. */
export const countOf = (value: unknown): number =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;

export const isCount = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value) && value >= 0;

/** UTC milliseconds of an ISO text, of milliseconds, or of seconds since 1970; null if it is no instant. */
export function instantOf(value: unknown): number | null {
  if (typeof value === "string") {
    const instant = Date.parse(value);
    return Number.isNaN(instant) ? null : instant;
  }
  if (typeof value !== "number" || !Number.isFinite(value) || value <= 0) return null;
  return Math.floor(value < secondsBelow ? value * 1000 : value);
}

/** As seconds the year 5138, as milliseconds March 1973: no log is of either. */
const secondsBelow = 1e11;

/** A string, or the texts of a list's parts joined by line feeds; null if there is none. */
export function textOf(content: unknown): string | null {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return null;
  const parts = content.flatMap((part: unknown) =>
    typeof part === "string" ? [part] : isObject(part) ? (stringOf(part["text"]) ?? []) : [],
  );
  return parts.length > 0 ? parts.join("\n") : null;
}

/** JSON inside a string; null if it is none. */
export function parsedText(text: unknown): unknown {
  if (typeof text !== "string") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null; // arguments a model did not finish: the caller sees that nothing is there
  }
}

/** Size as JSON in bytes. */
export const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? "");

/** Characters as JSON. */
export const jsonChars = (value: unknown): number => (JSON.stringify(value) ?? "").length;

/** Provider a model is of by its name, where the log names none: who bills it then is the maker. */
export function makerOf(model: string): string | null {
  const id = model.toLowerCase().replace(/^.*\//, "");
  if (/^(?:gpt|o[1-9]|codex|chatgpt)/.test(id)) return "openai";
  if (id.startsWith("claude")) return "anthropic";
  if (/^(?:gemini|gemma)/.test(id)) return "google";
  if (id.startsWith("grok")) return "x-ai";
  if (/^(?:kimi|moonshot)/.test(id)) return "moonshotai";
  return id.startsWith("deepseek") ? "deepseek" : null;
}

/** A text that may be empty: contents of files, old and new text of an edit. */
export const contentOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** Dollars as logged, in nano-dollars; null where none are, or 0: agents log 0 for what they know no price of. */
export const nanoUsdOf = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? Math.round(value * 1e9) : null;
