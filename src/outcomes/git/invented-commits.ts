import fc from "fast-check";
import type { CommitFact, FileChange } from "../../contract/facts.ts";
import { LineDiffBuilder } from "../../lines/fingerprint.ts";
import { pathKind } from "../../lines/line-kind.ts";
import { matchLines } from "./line-match.ts";
import { testFingerprinter } from "./test-repository.ts";

/** What one commit does, for tests. Places are taken modulo what there is. */
export interface InventedStep {
  /** Its first parent, counted back from the newest commit; null for a root. */
  readonly parent: number | null;
  /** Its further parents. */
  readonly merged: readonly number[];
  readonly edits: readonly InventedEdit[];
  /** Days after the commit before, negative where a clock was wrong. */
  readonly days: number;
}

type InventedEdit =
  | { readonly kind: "edit"; readonly file: number; readonly at: number; readonly remove: number; readonly add: readonly number[] }
  | { readonly kind: "add"; readonly name: number; readonly lines: readonly number[] }
  | { readonly kind: "rename"; readonly file: number; readonly name: number }
  | { readonly kind: "delete"; readonly file: number }
  | { readonly kind: "binary"; readonly file: number };

const place = fc.nat({ max: 60 });
const words = fc.array(fc.nat({ max: 25 }), { maxLength: 6 });
const edit: fc.Arbitrary<InventedEdit> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("edit" as const), file: place, at: place, remove: fc.nat({ max: 5 }), add: words }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("add" as const), name: fc.nat({ max: 6 }), lines: words }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("rename" as const), file: place, name: fc.nat({ max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete" as const), file: place }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("binary" as const), file: place }) },
);

export const inventedSteps: fc.Arbitrary<InventedStep[]> = fc.array(
  fc.record({
    parent: fc.oneof(
      { weight: 6, arbitrary: fc.constant(0) },
      { weight: 3, arbitrary: fc.nat({ max: 12 }) },
      { weight: 1, arbitrary: fc.constant(null) },
    ),
    merged: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 2 }) },
    ),
    edits: fc.array(edit, { maxLength: 3 }),
    days: fc.integer({ min: -3, max: 5 }),
  }),
  { minLength: 2, maxLength: 30 },
);

type Files = ReadonlyMap<string, readonly string[] | "binary">;

const longStart = Array.from({ length: 12 }, (_, n) => `the ${n}th line that was there from the start`);

/** Commits as git would tell them, without git. In the order of the steps: parents first. */
export function inventCommits(steps: readonly InventedStep[]): CommitFact[] {
  const commits: CommitFact[] = [];
  const trees: Files[] = [];
  let day = 0;
  for (const [index, step] of steps.entries()) {
    const back = (by: number): number => index - 1 - (by % index);
    const parents = index === 0 || step.parent === null ? [] : [...new Set([back(step.parent), ...step.merged.map(back)])];
    const before: Files = parents[0] === undefined ? new Map() : (trees[parents[0]] as Files);
    const others = parents.slice(1).map((parent) => trees[parent] as Files);
    const { files, renames } = edited(
      mergedFiles(before, others),
      index === 0 ? [{ kind: "add", name: 0, lines: [] }] : step.edits,
      index === 0,
    );
    trees.push(files);
    day += step.days;
    commits.push({
      kind: "commit",
      hash: hashOf(`commit ${index} ${JSON.stringify(step)}`),
      parents: parents.map((parent) => (commits[parent] as CommitFact).hash),
      authorName: "Ada",
      authorEmail: "ada@example.org",
      authorAt: Date.UTC(2026, 0, 1 + day),
      commitAt: Date.UTC(2026, 0, 1 + day),
      trailers: [],
      squashOf: null,
      mergeOf: null,
      reverts: null,
      files: changesBetween(before, files, renames, others),
    });
  }
  return commits;
}

/** Files only one side changed are that side's; of others every second one is put together of both. */
function mergedFiles(ours: Files, others: readonly Files[]): Files {
  const merged = new Map(ours);
  for (const theirs of others) {
    for (const [path, content] of theirs) {
      const own = merged.get(path);
      if (own === undefined || (path.charCodeAt(4) % 2 === 0 && own !== content)) merged.set(path, content);
      else if (own !== "binary" && content !== "binary" && own !== content)
        merged.set(path, [...own.slice(0, 3), ...content.slice(2), "resolved"]);
    }
  }
  return merged;
}

function edited(from: Files, edits: readonly InventedEdit[], isFirst: boolean): { files: Files; renames: ReadonlyMap<string, string> } {
  const files = new Map(from);
  const renames = new Map<string, string>();
  for (const next of edits) {
    const paths = [...files.keys()].sort();
    const path = "file" in next ? paths[next.file % paths.length] : `file${next.name}.ts`;
    if (path === undefined) continue;
    const content = files.get(path);
    if (next.kind === "add") files.set(path, [...(isFirst ? longStart : []), ...next.lines.map(lineOf)]);
    else if (next.kind === "delete") files.delete(path);
    else if (next.kind === "binary") files.set(path, "binary");
    else if (next.kind === "rename") {
      const to = `file${next.name}.ts`;
      if (content === undefined || files.has(to) || from.has(to) || !from.has(path) || renames.size > 0) continue;
      files.delete(path);
      files.set(to, content);
      renames.set(to, path);
    } else if (content !== undefined && content !== "binary") {
      const lines = [...content];
      lines.splice(next.at % (lines.length + 1), next.remove, ...next.add.map(lineOf));
      files.set(path, lines);
    }
  }
  return { files, renames };
}

/** Few lines, some trivial, some in two formattings: they move, come again and are wrapped anew. */
const lineOf = (n: number): string =>
  n % 5 === 0 ? "}" : n % 5 === 1 ? `call(${n - 1},'some thing')` : `call(${n - (n % 5)}, "some thing",)`;

function changesBetween(before: Files, after: Files, renames: ReadonlyMap<string, string>, others: readonly Files[]): FileChange[] {
  const changes: FileChange[] = [];
  for (const path of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const oldPath = renames.get(path) ?? null;
    if (!after.has(path) && [...renames.values()].includes(path)) continue;
    const old = before.get(oldPath ?? path);
    const now = after.get(path);
    const [oldBlob, newBlob] = [blobOf(old), blobOf(now)];
    if (oldBlob === newBlob && oldPath === null) continue;
    const isTaken = others.some((files) => blobOf(files.get(path)) === newBlob);
    changes.push({
      path,
      oldPath,
      status: oldPath !== null ? "renamed" : old === undefined ? "added" : now === undefined ? "deleted" : "modified",
      oldBlob,
      newBlob,
      opaque: old === "binary" || now === "binary" ? "binary" : false,
      diff: difference(
        path,
        isTaken || old === "binary" || now === "binary" ? [] : (old ?? []),
        isTaken || old === "binary" || now === "binary" ? [] : (now ?? []),
      ),
    });
  }
  return changes;
}

function difference(path: string, old: readonly string[], now: readonly string[]): FileChange["diff"] {
  const texts = [...new Set([...old, ...now])];
  const matches = matchLines(
    Float64Array.from(old, (text) => texts.indexOf(text)),
    Float64Array.from(now, (text) => texts.indexOf(text)),
  );
  const builder = new LineDiffBuilder(testFingerprinter, pathKind(path));
  let from = 0;
  let to = 0;
  while (from < old.length || to < now.length) {
    if (to < now.length && matches[to] === from) {
      from++;
      to++;
      continue;
    }
    let [endOld, endNow] = [from, to];
    while (endNow < now.length && matches[endNow] === -1) endNow++;
    endOld = endNow < now.length ? (matches[endNow] as number) : old.length;
    const [removed, added] = [endOld - from, endNow - to];
    builder.hunk(removed === 0 ? from : from + 1, removed, added === 0 ? to : to + 1, added);
    for (const text of [...old.slice(from, endOld), ...now.slice(to, endNow)]) builder.line(Buffer.from(text));
    [from, to] = [endOld, endNow];
  }
  return builder.finish();
}

const blobOf = (content: readonly string[] | "binary" | undefined): string =>
  content === undefined ? "0".repeat(40) : hashOf(content === "binary" ? "binary" : content.join("\n"));

/** 40 hexadecimal digits. */
function hashOf(text: string): string {
  const words = [1, 2, 3, 4, 5].map((seed) => {
    let h = seed;
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193 + seed * 2);
    return (h >>> 0).toString(16).padStart(8, "0");
  });
  return words.join("");
}
