/** The arrows of ARCHITECTURE.md, held by reading every import of src. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const src = fileURLToPath(new URL("../src", import.meta.url));

/** Folders each folder may import from, beside itself. What is not listed here does not exist yet. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  lines: ["contract"],
  git: ["contract"],
  prices: ["contract", "lines"],
  bills: ["contract", "prices"],
  attribution: ["contract", "lines"],
  measures: ["contract", "lines"],
  analysis: ["contract", "lines"],
  store: ["contract", "lines"],
  sources: ["contract", "lines", "git"],
  outcomes: ["contract", "lines", "git"],
  sample: ["contract"],
  app: ["contract", "lines", "git", "prices", "bills", "attribution", "measures", "analysis", "store", "sources", "outcomes"],
  surfaces: ["contract", "app"],
  "main.ts": ["contract", "app", "surfaces", "sample"],
};

/** Types alone weigh nothing at run time; these may cross where values may not. */
const typeArrows: Readonly<Record<string, readonly string[]>> = { contract: ["lines"] };

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isType: boolean;
}

const importPattern =
  /(?:^|\n)\s*(import|export)\s+(type\s+)?([^;"']*?)\s*from\s+["']([^"']+)["']|(?:^|\n)\s*import\s+["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/g;

/** The program without comments: prose may name what code may not. */
function codeOf(file: string): string {
  return readFileSync(file, "utf8")
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/(^|[^:"'`])\/\/.*$/gm, "$1");
}

const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts") && !/\.test\.ts$|(^|[\\/])test-[^\\/]*\.ts$/.test(file))
  .map((file) => join(src, file))
  .sort();

const imports: readonly Import[] = files.flatMap((file) =>
  [...codeOf(file).matchAll(importPattern)].map((match): Import => {
    const to = match[4] ?? match[5] ?? match[6] ?? "";
    const names = (match[3] ?? "")
      .replace(/[{}]/g, "")
      .split(",")
      .filter((name) => name.trim() !== "");
    const isType = match[2] !== undefined || (names.length > 0 && names.every((name) => name.trim().startsWith("type ")));
    return { from: file, to: to.startsWith(".") ? join(dirname(file), to) : to, isType };
  }),
);

const short = (file: string): string => relative(src, file).split(sep).join("/");
const folderOf = (file: string): string => short(file).split("/")[0] ?? "";
/** Existing files of src: text of the sample that only looks like an import leads nowhere. */
const local = new Set(files);
const isLocal = (file: string): boolean => local.has(file);

describe("architecture", () => {
  it("finds the program", () => {
    expect(files.length).toBeGreaterThan(20);
    expect(imports.some(({ from, to }) => short(from) === "main.ts" && short(to) === "surfaces/cli/run.ts")).toBe(true);
  });

  it("keeps to the arrows between folders", () => {
    const wrong = imports
      .filter(({ to }) => isLocal(to))
      .filter(({ from, to, isType }) => {
        const [own, other] = [folderOf(from), folderOf(to)];
        const allowed = [...(arrows[own] ?? []), ...(isType ? (typeArrows[own] ?? []) : [])];
        return own !== other && !allowed.includes(other);
      })
      .map(({ from, to }) => `${short(from)} imports ${short(to)}`);
    expect(wrong).toEqual([]);
  });

  it("lets no surface import another", () => {
    const surfaceOf = (file: string): string => short(file).split("/")[1] ?? "";
    const wrong = imports
      .filter(({ from, to }) => folderOf(from) === "surfaces" && folderOf(to) === "surfaces" && surfaceOf(from) !== surfaceOf(to))
      .map(({ from, to }) => `${short(from)} imports ${short(to)}`);
    expect(wrong).toEqual([]);
  });

  it("has no cycle of imported values", () => {
    const edges = new Map(files.map((file) => [file, imports.filter((one) => one.from === file && !one.isType).map(({ to }) => to)]));
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].map(short).join(" → "));
      else if (!done.has(file)) {
        for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
        done.add(file);
      }
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it("reads environment, arguments, clock and home only in main.ts", () => {
    const outside = /\bprocess\.(env|argv|cwd|exit)\b|\bDate\.now\b|\bnew Date\(\s*\)|\bhomedir\b|\bperformance\.now\b/;
    const wrong = files.filter((file) => short(file) !== "main.ts" && outside.test(codeOf(file))).map(short);
    expect(wrong).toEqual([]);
  });

  it("imports a database only in store", () => {
    const wrong = imports
      .filter(({ from, to }) => to.startsWith("@duckdb/") && folderOf(from) !== "store")
      .map(({ from, to }) => `${short(from)} imports ${to}`);
    expect(wrong).toEqual([]);
  });

  it("imports the reader of agents' databases in one file, and as a value only when a database is opened", () => {
    const readers = files.filter(
      (file) => /\bfrom "libsql"|import\("libsql"\)/.test(readFileSync(file, "utf8")) && !file.endsWith(".test.ts"),
    );
    expect(readers.map(short)).toEqual(["sources/sqlite.ts"]);
    expect(readFileSync(readers[0] as string, "utf8")).not.toMatch(/^import (?!type )[^;]*from "libsql"/m);
  });

  it("lets contract import nothing but zod, and pure folders no files, processes or network", () => {
    const effects = /^(node:)?(fs|fs\/promises|child_process|net|http|https|dgram|tls|worker_threads)$/;
    const pure = ["contract", "lines", "prices", "bills", "attribution", "measures", "analysis"];
    const wrong = imports
      .filter(({ from, to }) => {
        const own = folderOf(from);
        return (own === "contract" && !isLocal(to) && to !== "zod") || (pure.includes(own) && effects.test(to));
      })
      .map(({ from, to }) => `${short(from)} imports ${to}`);
    expect(wrong).toEqual([]);
  });

  it("has no barrels and names every export", () => {
    const wrong = files.filter((file) => /\bexport\s+\*|\bexport\s+default\b/.test(codeOf(file))).map(short);
    expect(wrong).toEqual([]);
  });
});
