import { readFileSync } from "node:fs";
import { LineCounter, type Document, isNode, parseDocument } from "yaml";
import { z } from "zod";
import { UserError } from "../contract/errors.ts";
import { type FateParameters, defaultFateParameters } from "../contract/fates.ts";
import { nearest } from "../measures/nearest.ts";
import type { OwnPrice } from "../prices/own-prices.ts";
import { type Organisation, contradictions, organisationSchema } from "./organisation.ts";

/** What assay.yaml says, with the defaults of what it does not say. */
export interface Config {
  readonly prices: readonly OwnPrice[];
  readonly fates: FateParameters;
  /** Default branch by repository name, where the repository itself does not tell. */
  readonly defaultBranches: Readonly<Record<string, string>>;
  /** Days of a question belong to it unless the question names another. */
  readonly timeZone: string;
  /** The file as checked; settings no feature uses yet included. */
  readonly organisation: Organisation;
}

export const defaultConfig: Config = configOf({});

/**
 * Reads assay.yaml. @param required the user named the file: it must be there
 * @throws UserError `config_invalid` naming each place, what was expected there and the nearest name
 */
export function readConfig(path: string, required: boolean): Config {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (!required && (cause as NodeJS.ErrnoException).code === "ENOENT") return defaultConfig;
    throw new UserError("config_unreadable", `The configuration cannot be read: ${path}`, {
      hint: "Check the path given with --config.",
      cause,
    });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const hint = /alias/i.test(broken.message) ? { hint: "A text that begins with * has to stand in quotes." } : {};
    throw new UserError("config_invalid", `${path} is not valid YAML: ${broken.message.split("\n")[0]}`, { ...hint, cause: broken });
  }
  const raw: unknown = asValue(document, path);
  const result = organisationSchema.safeParse(raw ?? {});
  const place = (at: readonly PropertyKey[]): string => placeOf(document, lines, at);
  const mistakes = result.success
    ? contradictions(result.data).map(({ path: at, message, known, name }) => `${place(at)}: ${message}${suggestion(name, known)}`)
    : result.error.issues.flatMap((issue) => sentences(issue, raw, place));
  if (!result.success || mistakes.length > 0) throw invalid(path, mistakes);
  return configOf(result.data);
}

/** An alias without its anchor is found only now. */
function asValue(document: Document, path: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw new UserError("config_invalid", `${path} is not valid YAML: ${(cause as Error).message.split("\n")[0]}`, {
      hint: "A text that begins with * has to stand in quotes.",
      cause,
    });
  }
}

function invalid(path: string, mistakes: readonly string[]): UserError {
  const count = mistakes.length === 1 ? "a mistake" : `${mistakes.length} mistakes`;
  return new UserError("config_invalid", `${path} has ${count}:\n${mistakes.map((mistake) => `  ${mistake}`).join("\n")}`, {
    hint: `Settings: ${Object.keys(organisationSchema.shape).join(", ")}. What each means: docs/guide/configuration.md`,
  });
}

function configOf(file: Organisation): Config {
  return {
    prices: file.prices ?? [],
    fates: {
      stickDays: file.stick_days ?? defaultFateParameters.stickDays,
      revertDays: file.revert_days ?? defaultFateParameters.revertDays,
      inFlightDays: file.in_flight_days ?? defaultFateParameters.inFlightDays,
    },
    defaultBranches: file.default_branches ?? {},
    timeZone: file.time_zone ?? "UTC",
    organisation: file,
  };
}

/** `people.0.teams (line 7)`: the line of the nearest part of the path that is in the file. */
function placeOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): string {
  const name = path.map(String).join(".") || "(top)";
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return `${name} (line ${lines.linePos(node.range[0]).line})`;
  }
  return name;
}

type Issue = z.core.$ZodIssue;

/** What is wrong at one place, for a person: unknown settings one by one, each with the nearest known. */
function sentences(issue: Issue, raw: unknown, place: (path: readonly PropertyKey[]) => string): string[] {
  const found = valueAt(raw, issue.path);
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = knownKeys(organisationSchema, issue.path);
      return issue.keys.map((key) => `${place([...issue.path, key])}: there is no such setting${suggestion(key, known)}`);
    }
    case "invalid_value":
      return [
        `${place(issue.path)}: expected ${issue.values.map(String).join(" or ")}, found ${shown(found)}${suggestion(String(found), issue.values.map(String))}`,
      ];
    case "invalid_type":
      return [
        found === undefined
          ? `${place(issue.path)}: is missing; expected ${article(issue.expected)}`
          : `${place(issue.path)}: expected ${article(issue.expected)}, found ${shown(found)}`,
      ];
    case "invalid_union":
      return [
        `${place(issue.path)}: found ${shown(found)}; ${[...new Set(issue.errors.flat().map(({ message }) => message))].join("; or ")}`,
      ];
    case "too_small":
      return [`${place(issue.path)}: expected ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}, found ${shown(found)}`];
    case "too_big":
      return [`${place(issue.path)}: expected at most ${issue.maximum}, found ${shown(found)}`];
    case "invalid_format":
      return [
        `${place(issue.path)}: ${issue.format === "date" ? `expected a day such as 2026-01-31, found ${shown(found)}` : `${shown(found)} ${issue.message}`}`,
      ];
    default:
      return [`${place(issue.path)}: ${issue.message}`];
  }
}

const suggestion = (name: string | undefined, known: readonly string[] | undefined): string => {
  if (name === undefined || known === undefined || known.length === 0) return "";
  const near = nearest(name, known);
  return near === null ? `; there are: ${known.join(", ")}` : `; did you mean ${near}?`;
};

const words: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  array: "a list",
  object: "settings (name: value)",
  record: "settings (name: value)",
  boolean: "true or false",
};
const article = (expected: string): string => words[expected] ?? expected;

function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (value !== null && typeof value === "object") return "settings";
  return typeof value === "string" ? `'${value}'` : value === null ? "nothing" : String(value);
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value !== null && typeof value === "object" && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined),
    raw,
  );
}

/** The settings a place of the schema has. */
function knownKeys(schema: unknown, path: readonly PropertyKey[]): string[] {
  let at: unknown = schema;
  for (const key of [...path, null]) {
    while (at instanceof z.ZodOptional) at = at.unwrap();
    if (key === null) break;
    if (at instanceof z.ZodObject) at = (at.shape as Record<PropertyKey, unknown>)[key];
    else if (at instanceof z.ZodArray) at = at.element;
    else if (at instanceof z.ZodRecord) at = at.valueType;
    else return [];
  }
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}
