/** What a changed line is; the code is what the store keeps. */
export const lineKinds = ["trivial", "code", "comment", "prose", "data", "generated"] as const;
export type LineKind = (typeof lineKinds)[number];

/** Codes of the kinds, for typed arrays. */
export const lineKind = { trivial: 0, code: 1, comment: 2, prose: 3, data: 4, generated: 5 } as const satisfies Record<LineKind, number>;

/**
 * Weight of a line in tenths, by kind code (RULINGS 15): code, prose and data 1, comment 0.5, trivial 0.1, generated,
 * vendored and lock files 0.
 */
export const lineWeightTenths = [1, 10, 5, 10, 10, 0] as const;

/** What the files at a path hold, and how their comments begin. */
export interface PathKind {
  readonly holds: "code" | "prose" | "data" | "cells" | "generated";
  /** First bytes of a comment line after white space; empty where there are none. */
  readonly commentMarks: readonly string[];
  /** A number for the two: equal where they are. */
  readonly code: number;
}

const named = (names: string, kind: PathKind): readonly (readonly [string, PathKind])[] => names.split(" ").map((name) => [name, kind]);

const generatedKind: PathKind = { holds: "generated", commentMarks: [], code: 1 };
const proseKind: PathKind = { holds: "prose", commentMarks: [], code: 2 };
const dataKind: PathKind = { holds: "data", commentMarks: [], code: 3 };
const codeKind: PathKind = { holds: "code", commentMarks: [], code: 4 };
const cellsKind: PathKind = { holds: "cells", commentMarks: [], code: 10 };

/** Kinds of files by the end of their name. */
const kindsByEnd: ReadonlyMap<string, PathKind> = new Map([
  ...named(
    "c h cc cpp cxx hpp cs go java js jsx mjs cjs ts tsx mts cts kt kts rs swift scala dart php groovy proto css scss less zig v sol m mm vue svelte",
    { holds: "code", commentMarks: ["//", "/*", "*/", "* "], code: 5 },
  ),
  ...named("py rb sh bash zsh fish pl r jl ex exs tf nix cmake dockerfile makefile mk ps1 awk tcl coffee gd", {
    holds: "code",
    commentMarks: ["#"],
    code: 6,
  }),
  ...named("sql lua hs elm ada vhd", { holds: "code", commentMarks: ["--"], code: 7 }),
  ...named("html xml htm", { holds: "code", commentMarks: ["<!--"], code: 8 }),
  ...named("clj cljs lisp el scm asm", { holds: "code", commentMarks: [";"], code: 9 }),
  // after code: what is in both lists is data
  ...named("md mdx markdown txt rst adoc org tex", proseKind),
  ...named("ipynb", cellsKind),
  ...named("json jsonl ndjson json5 yaml yml toml csv tsv xml ini cfg conf env properties svg golden snap plist", dataKind),
]);
const lockNames = new Set([
  "package-lock.json",
  "npm-shrinkwrap.json",
  "yarn.lock",
  "pnpm-lock.yaml",
  "bun.lock",
  "bun.lockb",
  "cargo.lock",
  "go.sum",
  "go.work.sum",
  "poetry.lock",
  "uv.lock",
  "pdm.lock",
  "pipfile.lock",
  "composer.lock",
  "gemfile.lock",
  "packages.lock.json",
  "mix.lock",
  "flake.lock",
  "podfile.lock",
  "pubspec.lock",
  "gradle.lockfile",
]);
const generatedPath =
  /(^|\/)(node_modules|vendor|third_party|__generated__|\.yarn)\/|\.(min\.(js|css)|pb\.go|pb\.cc|pb\.h|g\.dart|designer\.cs|map)$|_pb2(_grpc)?\.pyi?$|[._-]generated\.[a-z]+$|(^|\/)zz_generated/i;

/** Kind of a path by its name alone. `linguist-generated` attributes are not read yet. */
export function pathKind(path: string): PathKind {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1).toLowerCase();
  if (lockNames.has(name) || generatedPath.test(path.replaceAll("\\", "/"))) return generatedKind;
  const extension = name.includes(".") ? name.slice(name.lastIndexOf(".") + 1) : name;
  return kindsByEnd.get(extension) ?? codeKind;
}
