/** What a changed line weighs in an edit call (RULINGS 15), written apart from the product's own reading of the rule. */

const lockFile = /(^|\/)(package-lock\.json|go\.sum)$/;
const generatedFile = /[._-]generated\.[a-z]+$|\.pb\.go$|(^|\/)vendor\//;
const comment = /^(\/\/|\/\*|\*\/|\* )/;

export const isGenerated = (path: string): boolean => lockFile.test(path) || generatedFile.test(path);

/** At least four characters with two letters or digits side by side. */
export const isTelling = (text: string): boolean => text.trim().length >= 4 && /[\p{L}\p{N}]{2}/u.test(text);

/** A line of a notebook that is source of a cell; the rest is its frame, counters and outputs. */
export const isCellSource = (text: string): boolean => /^ {4}"/.test(text);

/** Weight in tenths: substantive 10, comment 5, trivial 1, generated and lock files 0, of a notebook its cells' source alone. */
export function lineTenths(path: string, text: string): number {
  if (isGenerated(path) || (path.endsWith(".ipynb") && !isCellSource(text))) return 0;
  if (!isTelling(text)) return 1;
  return /\.(ts|go)$/.test(path) && comment.test(text.trimStart()) ? 5 : 10;
}
