/**
 * What the edits of a session did to its files, for agents that log calls and no differences (RULINGS 12): a patch as it
 * stands; else the edit done again on the last content the session told; else the difference of its own texts, "estimated".
 * Contents live here while an input is read and nowhere else.
 */
import type { WriteFact, WriteQuality } from "../contract/facts.ts";
import type { Fingerprinter } from "../lines/fingerprint.ts";
import { type LineDiff, emptyDiff, lineCount } from "../lines/line-diff.ts";
import { type PatchedFile, applyHunks } from "./apply-patch.ts";
import { type PatchHunk, WriteDifferencer, replaceText } from "./write-difference.ts";

/** One change of one file that a call asked for. */
export type FileEdit =
  /** `before` where the log holds the content before. `created`: the tool makes new files only, or said it made one. */
  | {
      readonly kind: "content";
      readonly path: string;
      readonly content: string;
      readonly before?: string | null;
      readonly created?: boolean;
    }
  /** `hunks`: the changed lines as the log shows them. */
  | {
      readonly kind: "replace";
      readonly path: string;
      readonly from: string;
      readonly to: string;
      readonly everywhere: boolean;
      readonly hunks?: readonly PatchHunk[];
    }
  | { readonly kind: "patch"; readonly path: string; readonly hunks: readonly PatchHunk[] }
  | { readonly kind: "delete"; readonly path: string; readonly content?: string }
  /** Something changed the file and the log does not say what. */
  | { readonly kind: "opaque"; readonly path: string };

/** What a patch envelope did, file by file. @param resolve makes its paths absolute */
export function editsOfPatch(files: readonly PatchedFile[], resolve: (path: string) => string): FileEdit[] {
  return files.flatMap(({ operation, path, movedTo, hunks }): FileEdit[] => {
    const at = resolve(path);
    if (operation === "delete") return [{ kind: "delete", path: at }];
    if (operation === "create") {
      const content = hunks.flatMap(({ lines }) => lines.map((line) => `${line.slice(1)}\n`)).join("");
      return [{ kind: "content", path: at, content, created: true }];
    }
    if (movedTo === null) return [{ kind: "patch", path: at, hunks }];
    return [
      { kind: "opaque", path: at },
      hunks.length > 0 ? { kind: "patch", path: resolve(movedTo), hunks } : { kind: "opaque", path: resolve(movedTo) },
    ];
  });
}

export interface FileDifference {
  readonly path: string;
  readonly operation: WriteFact["operation"];
  readonly quality: WriteQuality;
  readonly diff: LineDiff;
}

/** A file while the edits of one call are done. */
interface Doing {
  readonly before: string | null;
  /** Null where it cannot be known; undefined before the first edit. */
  after: string | null;
  /** Of edits that all tell their changed lines: these. */
  hunks: PatchHunk[] | null;
  /** Old and new texts, for when nothing better is known. */
  readonly from: string[];
  readonly to: string[];
  operation: WriteFact["operation"];
  /** The log itself says what the whole change was. */
  logged: boolean;
}

export class EditedFiles {
  readonly #differencer: WriteDifferencer;
  readonly #contents = new Map<string, string>();

  constructor(fingerprinter: Fingerprinter) {
    this.#differencer = new WriteDifferencer(fingerprinter);
  }

  /** The session was shown the whole file. */
  learn(path: string, content: string): void {
    this.#contents.set(path, content);
  }

  /** Something else changed the file. */
  forget(path: string): void {
    this.#contents.delete(path);
  }

  /** Does the edits of one call, in order. @returns one difference a file that changed */
  apply(edits: readonly FileEdit[]): FileDifference[] {
    const files = new Map<string, Doing>();
    for (const edit of edits) {
      let file = files.get(edit.path);
      if (file === undefined) files.set(edit.path, (file = this.#begin(edit)));
      step(file, edit);
    }
    return [...files].flatMap(([path, file]) => this.#finish(path, file));
  }

  #begin(edit: FileEdit): Doing {
    const told = edit.kind === "content" ? edit.before : edit.kind === "delete" ? edit.content : undefined;
    const before = told ?? (edit.kind === "content" && edit.created === true ? "" : (this.#contents.get(edit.path) ?? null));
    return { before, after: before, hunks: [], from: [], to: [], operation: "edit", logged: told !== undefined && told !== null };
  }

  #finish(path: string, file: Doing): FileDifference[] {
    const { before, after, hunks, operation } = file;
    if (after === null || operation === "delete") this.#contents.delete(path);
    else this.#contents.set(path, after);
    if (operation === "opaque") return [{ path, operation, quality: "opaque", diff: emptyDiff }];
    if (hunks !== null && hunks.length > 0) return this.#told(path, operation, "logged", this.#differencer.ofPatch(path, hunks, false));
    if (before !== null && after !== null) {
      if (operation === "create") return this.#told(path, operation, "logged", this.#differencer.ofCreation(path, after));
      return this.#told(path, operation, file.logged ? "logged" : "replayed", this.#differencer.ofTexts(path, before, after));
    }
    if (operation === "delete") return [{ path, operation, quality: "opaque", diff: emptyDiff }];
    return this.#told(path, operation, "estimated", this.#differencer.ofTexts(path, file.from.join(""), file.to.join("")));
  }

  #told(path: string, operation: WriteFact["operation"], quality: WriteQuality, diff: LineDiff): FileDifference[] {
    return lineCount(diff) === 0 && operation === "edit" ? [] : [{ path, operation, quality, diff }]; // the same content again
  }
}

function step(file: Doing, edit: FileEdit): void {
  const hunks = edit.kind === "patch" || edit.kind === "replace" ? edit.hunks : undefined;
  if (hunks === undefined) file.hunks = null;
  else file.hunks?.push(...hunks);
  switch (edit.kind) {
    case "content":
      if (edit.created === true && file.from.length + file.to.length === 0) file.operation = "create";
      file.after = edit.content;
      file.to.push(withLineEnd(edit.content));
      break;
    case "replace":
      file.after = file.after === null ? null : replaceText(file.after, edit.from, edit.to, edit.everywhere);
      if (edit.from === "" && file.before === null) file.operation = "create";
      file.from.push(withLineEnd(edit.from));
      file.to.push(withLineEnd(edit.to));
      break;
    case "patch":
      file.after = file.after === null ? null : applyHunks(file.after, edit.hunks);
      file.from.push(sideOf(edit.hunks, "-"));
      file.to.push(sideOf(edit.hunks, "+"));
      break;
    case "delete":
      file.after = file.before === null ? null : "";
      file.operation = "delete";
      break;
    case "opaque":
      file.after = null;
      file.operation = "opaque";
      break;
    default:
      edit satisfies never;
  }
}

const sideOf = (hunks: readonly PatchHunk[], mark: "-" | "+"): string =>
  hunks.flatMap(({ lines }) => lines.flatMap((line) => (line.startsWith(mark) ? [`${line.slice(1)}\n`] : []))).join("");

const withLineEnd = (value: string): string => (value === "" || value.endsWith("\n") ? value : `${value}\n`);
