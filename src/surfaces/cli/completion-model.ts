/** What can be typed after `assay`: read off the registry of commands, so that a new flag is completed by itself. */
import type { Command, RouteMap } from "@stricli/core";
import type { CliContext } from "./context.ts";

/** What may stand at one place. */
export type Values =
  | {
      readonly kind: "words";
      readonly words: readonly string[];
      /** `list`: several with commas; `filter`: `word=`, and something after it. */
      readonly form: "one" | "list" | "filter";
    }
  | { readonly kind: "files" }
  | { readonly kind: "folders" }
  | { readonly kind: "anything" };

export interface FlagModel {
  /** `--as-of` */
  readonly name: string;
  readonly brief: string;
  /** Null where the flag stands alone. */
  readonly value: Values | null;
}

export interface CommandModel {
  /** `query`, `show session`; `show` has commands of its own and no flags. */
  readonly path: string;
  readonly brief: string;
  readonly flags: readonly FlagModel[];
  readonly argument: Values;
}

/** Names only the catalogue knows. */
export interface Names {
  readonly measures: readonly string[];
  readonly dimensions: readonly string[];
}

/** Every command under the root, those of a group after the group. */
export function commandModels(routes: RouteMap<CliContext>, names: Names, above = ""): CommandModel[] {
  return routes.getAllEntries().flatMap(({ name, target }): CommandModel[] => {
    const path = `${above}${name["convert-camel-to-kebab"]}`;
    if (!("getAllEntries" in target)) return [commandModel(path, target, names)];
    const own = commandModels(target, names, `${path} `);
    const words = own.map((command) => command.path.slice(path.length + 1));
    return [{ path, brief: target.brief, flags: [], argument: { kind: "words", words, form: "one" } }, ...own];
  });
}

function commandModel(path: string, { brief, parameters }: Command<CliContext>, names: Names): CommandModel {
  const flags = Object.entries(parameters.flags ?? {}).flatMap(([name, flag]): FlagModel[] => {
    const kebab = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const own: FlagModel = { name: `--${kebab}`, brief: flag.brief, value: valueOf(flag, names) };
    const negated = flag.kind === "boolean" && flag.withNegated !== false;
    return negated ? [own, { ...own, name: `--no-${kebab}` }] : [own];
  });
  const { positional } = parameters;
  const first = positional?.kind === "array" ? positional.parameter : positional?.parameters[0];
  return { path, brief, flags, argument: first === undefined ? { kind: "anything" } : ofPlaceholder(first.placeholder, names) };
}

type Flag = NonNullable<Command<CliContext>["parameters"]["flags"]>[string];

function valueOf(flag: Flag, names: Names): Values | null {
  switch (flag.kind) {
    case "boolean":
    case "counter":
      return null;
    case "enum":
      return { kind: "words", words: flag.values, form: "one" };
    case "parsed":
      return ofPlaceholder(flag.placeholder, names);
  }
}

/** The placeholder of a value says what it is: the help and the completion tell the same. */
function ofPlaceholder(placeholder: string | undefined, { measures, dimensions }: Names): Values {
  switch (placeholder) {
    case "FILE":
      return { kind: "files" };
    case "DIR":
    case "PATH":
      return { kind: "folders" };
    case "SHELL":
      return { kind: "words", words: shells, form: "one" };
    case "MEASURE":
    case "SUBJECT":
      return { kind: "words", words: measures, form: "one" };
    case "DIM,DIM":
      return { kind: "words", words: dimensions, form: "list" };
    case "DIM=VALUE,VALUE":
      return { kind: "words", words: dimensions, form: "filter" };
    case "COLUMN[:asc]":
      return { kind: "words", words: [...measures, ...dimensions], form: "one" };
    default:
      return { kind: "anything" };
  }
}

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];
