import type { Line } from "./lines.ts";
import type { Files } from "./git-objects.ts";
import type { Branch, Language } from "./repository.ts";
import type { Stage } from "./stage.ts";

/** What a formatter does with a line; none of it changes what the line says. */
export type Reformat = "quotes" | "indent" | "commas" | "wrap";

export const reformatsOf: Readonly<Record<Language, readonly Reformat[]>> = {
  typescript: ["quotes", "indent", "commas", "wrap"],
  go: ["commas", "wrap"],
};

const wrapFrom = 72;

/** The line as the formatter leaves it: one line, or three where it wraps a call; null where it leaves it alone. */
function reformatted(text: string, how: Reformat): readonly string[] | null {
  if (/^\s*(\/\/|\/\*|\*)/.test(text)) return null;
  const alone = (next: string): readonly string[] | null => (next === text ? null : [next]);
  switch (how) {
    case "quotes":
      return text.includes("'") || text.includes("`") ? null : alone(text.replaceAll('"', "'"));
    case "indent":
      return alone(text.replace(/^( {2})+(?=\S)/, (blanks) => " ".repeat(blanks.length * 2)));
    case "commas":
      return alone(text.replace(/([\w"')\]]) \}/, "$1, }"));
    case "wrap": {
      const call = text.length >= wrapFrom ? /^(\s*)([^()]+\()([^()]*(?:\([^()]*\)[^()]*)*)(\);?)$/.exec(text) : null;
      if (call === null || call[3] === "") return null;
      const [, blanks, head, inner, tail] = call as unknown as [string, string, string, string, string]; // the groups of a match
      const deeper = blanks.startsWith("\t") ? `${blanks}\t` : `${blanks}  `;
      return [blanks + head, `${deeper}${inner.replace(/,?$/, ",")}`, blanks + tail];
    }
    default:
      return how satisfies never;
  }
}

/** Formats the lines of a file that are asked for. Each keeps its identity; of one that is wrapped, the first part does. */
function formatted(stage: Stage, lines: readonly Line[], hows: readonly Reformat[], isAsked: (line: Line) => boolean): readonly Line[] {
  let changed = false;
  const next = lines.flatMap((line) => {
    if (!isAsked(line)) return [line];
    let parts: readonly Line[] = [line];
    for (const how of hows) {
      parts = parts.flatMap((part) => {
        const texts = reformatted(part.text, how);
        if (texts === null) return [part];
        changed = true;
        stage.cases.markLine(part.from ?? part.id, how === "wrap" ? "re-wrap" : "formatter");
        const [first, ...more] = texts;
        const rest = more.map((text) => ({
          ...stage.chronicle.newLine({ text, statement: part.statement }, part.unit),
          from: part.from ?? part.id,
        }));
        return [{ ...part, text: first as string }, ...rest];
      });
    }
    return parts;
  });
  return changed ? next : lines;
}

/** What a formatter makes of a branch: only lines the branch itself brings are touched. */
export function formattedBranch(stage: Stage, branch: Branch, hows: readonly Reformat[], fits: (path: string) => boolean): Files {
  const files = new Map(branch.files);
  for (const [path, lines] of branch.files) {
    const before = branch.base.files.get(path);
    if (before === lines || !fits(path)) continue;
    const old = new Set(before);
    files.set(
      path,
      formatted(stage, lines, hows, (line) => !old.has(line)),
    );
  }
  return files;
}

/** What a formatter makes of whole files, save units somebody is at work on. */
export function formattedFiles(
  stage: Stage,
  files: Files,
  hows: readonly Reformat[],
  fits: (path: string) => boolean,
  held: ReadonlySet<number>,
): Files {
  const next = new Map(files);
  for (const [path, lines] of files)
    if (fits(path))
      next.set(
        path,
        formatted(stage, lines, hows, (line) => !held.has(line.unit)),
      );
  return next;
}
