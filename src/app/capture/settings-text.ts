/**
 * Puts a command into the SessionEnd hooks of Claude Code's settings.json and takes it out again. Pure: text in, text out.
 * The text is cut at places of values and never printed anew, so order, numbers, indentation and line ends stay as they are.
 */
import { UserError } from "../../contract/errors.ts";

const event = "SessionEnd";
/** Seconds. The hook only starts a process; Claude Code 2 itself ends those of SessionEnd after 1.5 s. */
const timeoutSeconds = 10;

/** Levels a hook brought with it, which go with it if nothing else came in. */
export type Brought = "hooks" | "event" | "entry";

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Child extends Span {
  /** Of a member of an object; null of an element. */
  readonly key: string | null;
  /** Where the value begins: for an element the same as `start`. */
  readonly valueStart: number;
}

interface Handler {
  readonly type?: unknown;
  readonly command?: unknown;
}

/**
 * @returns the text with the hook behind those there are, and the levels that came with it; null where the command is there
 * @throws UserError `settings_not_json` where it is no JSON (comments included), `settings_unexpected` where hooks have another shape
 */
export function withHook(text: string, command: string): { readonly text: string; readonly brought: Brought } | null {
  if (text.trim() === "") return withHook(`{}${text.includes("\r\n") ? "\r\n" : "\n"}`, command);
  if (hasHook(text, command)) return null;
  const handler = { type: "command", command, timeout: timeoutSeconds };
  const entry = { hooks: [handler] };
  const root = firstNonBlank(text, 0);
  const hooks = childOf(text, root, "hooks");
  if (hooks === undefined) return { text: inserted(text, root, 0, { [event]: [entry] }, "hooks"), brought: "hooks" };
  const list = childOf(text, hooks.valueStart, event);
  if (list === undefined) return { text: inserted(text, hooks.valueStart, 1, [entry], event), brought: "event" };
  return { text: inserted(text, list.valueStart, 2, entry, null), brought: "entry" };
}

/** @throws UserError as `withHook` does */
export function hasHook(text: string, command: string): boolean {
  return text.trim() !== "" && entriesOf(text).some((handlers) => handlers.some((one) => one.command === command));
}

/**
 * @returns the text without the command's hooks, and without the levels it brought that are empty now; the same text where it
 * is not there @throws UserError as `withHook` does
 */
export function withoutHook(text: string, command: string, brought: Brought): string {
  let rest = text;
  while (hasHook(rest, command)) rest = withoutFirst(rest, command);
  return rest === text ? text : pruned(rest, brought);
}

/** Days after which Claude Code deletes transcripts; 30 where the settings do not say. @throws UserError as `withHook` does */
export function keptDaysOf(text: string): number {
  const days = text.trim() === "" ? undefined : settingsOf(text)["cleanupPeriodDays"];
  return typeof days === "number" && Number.isFinite(days) ? days : 30;
}

function withoutFirst(text: string, command: string): string {
  const list = sessionEndOf(text);
  const entries = entriesOf(text);
  const at = entries.findIndex((handlers) => handlers.some((one) => one.command === command));
  const handlers = entries[at] ?? [];
  const outer = childrenOf(text, list);
  if (handlers.length === 1) return cut(text, list, outer, at);
  const inner = childOf(text, (outer[at] as Child).valueStart, "hooks") as Child;
  const which = handlers.findIndex((one) => one.command === command);
  return cut(text, inner.valueStart, childrenOf(text, inner.valueStart), which);
}

function pruned(text: string, brought: Brought): string {
  if (brought === "entry") return text;
  const root = firstNonBlank(text, 0);
  const hooks = childOf(text, root, "hooks") as Child;
  if (childrenOf(text, sessionEndOf(text)).length > 0) return text;
  const without = cut(text, hooks.valueStart, childrenOf(text, hooks.valueStart), indexOfKey(text, hooks.valueStart, event));
  if (brought === "event" || childrenOf(without, hooks.valueStart).length > 0) return without;
  return cut(without, root, childrenOf(without, root), indexOfKey(without, root, "hooks"));
}

const sessionEndOf = (text: string): number => {
  const hooks = childOf(text, firstNonBlank(text, 0), "hooks") as Child; // asked only where a hook was found
  return (childOf(text, hooks.valueStart, event) as Child).valueStart;
};

function settingsOf(text: string): Record<string, unknown> {
  let settings: unknown;
  try {
    settings = JSON.parse(text);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new UserError("settings_not_json", `It is no JSON: ${said.split("\n")[0]}`, {
      hint: "Nothing was changed. Mend the file (comments and trailing commas are no JSON) and install again.",
      cause,
    });
  }
  if (!isObject(settings)) throw unexpected("it is no object");
  return settings;
}

/** The handlers of each entry of the event. */
function entriesOf(text: string): Handler[][] {
  const { hooks } = settingsOf(text);
  if (hooks === undefined) return [];
  if (!isObject(hooks)) throw unexpected("`hooks` is no object");
  const entries = hooks[event];
  if (entries === undefined) return [];
  if (!Array.isArray(entries)) throw unexpected(`\`hooks.${event}\` is no list`);
  return entries.map((entry: unknown) => {
    const handlers = isObject(entry) ? entry["hooks"] : undefined;
    return Array.isArray(handlers) ? handlers.map((one: unknown) => (isObject(one) ? one : {})) : [];
  });
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

const unexpected = (what: string): UserError =>
  new UserError("settings_unexpected", `These are no settings of Claude Code: ${what}.`, { hint: "Nothing was changed. Mend the file." });

/** The text with one more child at the end of the object or list that opens at `open`. */
function inserted(text: string, open: number, depth: number, value: unknown, key: string | null): string {
  const children = childrenOf(text, open);
  const last = children.at(-1);
  const { unit, newLine } = styleOf(text);
  const lead = unit === null ? "" : newLine + unit.repeat(depth + 1);
  const printed = (unit === null ? JSON.stringify(value) : JSON.stringify(value, null, unit)).replaceAll("\n", lead === "" ? "" : lead);
  const piece = key === null ? printed : `${JSON.stringify(key)}:${unit === null ? "" : " "}${printed}`;
  if (last !== undefined) return `${text.slice(0, last.end)},${lead}${piece}${text.slice(last.end)}`;
  const tail = unit === null ? "" : newLine + unit.repeat(depth);
  return `${text.slice(0, open + 1)}${lead}${piece}${tail}${text.slice(endOf(text, open) - 1)}`;
}

/** What one level is indented by, null where all stands in one line; two blanks where there is nothing to learn it from. */
function styleOf(text: string): { readonly unit: string | null; readonly newLine: string } {
  const newLine = text.includes("\r\n") ? "\r\n" : "\n";
  const root = firstNonBlank(text, 0);
  const first = childrenOf(text, root)[0];
  if (first === undefined) return { unit: "  ", newLine };
  const between = text.slice(root + 1, first.start);
  return { unit: between.includes("\n") ? between.slice(between.lastIndexOf("\n") + 1) : null, newLine };
}

function cut(text: string, open: number, children: readonly Child[], at: number): string {
  const child = children[at] as Child;
  const [before, after] = [children[at - 1], children[at + 1]];
  if (before !== undefined) return text.slice(0, before.end) + text.slice(child.end);
  if (after !== undefined) return text.slice(0, child.start) + text.slice(after.start);
  return text.slice(0, open + 1) + text.slice(endOf(text, open) - 1);
}

const indexOfKey = (text: string, open: number, key: string): number => childrenOf(text, open).findLastIndex((one) => one.key === key);

/** Of a key that is there twice the last counts, as for JSON.parse. */
const childOf = (text: string, open: number, key: string): Child | undefined => childrenOf(text, open)[indexOfKey(text, open, key)];

/** Members or elements of the object or list that opens here. The text is JSON: it was parsed before. */
function childrenOf(text: string, open: number): Child[] {
  const isMembers = text[open] === "{";
  const children: Child[] = [];
  let at = firstNonBlank(text, open + 1);
  while (text[at] !== "}" && text[at] !== "]") {
    const start = at;
    let key: string | null = null;
    if (isMembers) {
      at = endOf(text, at);
      key = JSON.parse(text.slice(start, at)) as string;
      at = firstNonBlank(text, firstNonBlank(text, at) + 1);
    }
    const valueStart = at;
    at = endOf(text, at);
    children.push({ key, start, valueStart, end: at });
    at = firstNonBlank(text, at);
    if (text[at] === ",") at = firstNonBlank(text, at + 1);
  }
  return children;
}

/** Behind the value that begins here. */
function endOf(text: string, start: number): number {
  let depth = 0;
  let at = start;
  do {
    const here = text[at];
    if (here === '"') at = endOfString(text, at);
    else if (here === "{" || here === "[") {
      depth++;
      at++;
    } else if (here === "}" || here === "]") {
      depth--;
      at++;
    } else if (depth > 0) at++;
    else while (at < text.length && !/[\s,:\]}]/.test(text[at] as string)) at++;
  } while (depth > 0 && at < text.length);
  return at;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function firstNonBlank(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/.test(text[at] as string)) at++;
  return at;
}
