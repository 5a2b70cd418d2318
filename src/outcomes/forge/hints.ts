/** What is read out of a title, a description and the name of a branch; they themselves are not kept. */
import { sorted } from "./fields.ts";

/** Types people write before a colon. Another word there may be anything, a name too: it is no type. */
const titleTypes: ReadonlySet<string> = new Set(
  "feat feature fix bugfix hotfix docs style refactor perf test tests build ci chore revert security deps release ops infra i18n".split(
    " ",
  ),
);

export interface TitleHints {
  /** "" where the title has no type. */
  readonly titleType: string;
  readonly breaking: boolean;
}

/** @example titleHints("fix(cart)!: empty baskets") // { titleType: "fix", breaking: true } */
export function titleHints(title: string): TitleHints {
  if (/^(?:revert|reapply) "/i.test(title)) return { titleType: "revert", breaking: false };
  const [, word, mark] = /^\s*(?:draft:\s*)?([a-z0-9]+)(?:\([^()]{0,100}\))?(!)?:(?:\s|$)/i.exec(title) ?? [];
  const type = word?.toLowerCase() ?? "";
  return titleTypes.has(type) ? { titleType: type, breaking: mark === "!" } : { titleType: "", breaking: false };
}

/** Numbers of the changes a change says it takes back. GitHub's button writes the text and names the branch; GitLab's writes the text. */
export function revertedNumbers(title: string, description: string, headRef: string | null): number[] {
  if (/^revert "(?:revert|reapply) "/i.test(title)) return []; // brings back what a revert took
  const numbers = [
    ...description.matchAll(/^\s*(?:Reverts\s+(?:[\w.-]+\/[\w.-]+)?#|This reverts merge request (?:[\w./-]+)?!)(\d{1,9})\b/gim),
  ];
  const branch = /^revert-(\d{1,9})-/.exec(headRef ?? "");
  return sorted([...numbers, ...(branch === null || numbers.length > 0 ? [] : [branch])].map(([, number]) => Number(number)));
}

const closing = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|implement(?:s|ed)?):?\s+/gi;
const reference = /^(?:https?:\/\/[^\s/]+\/([\w./-]+?)\/(?:-\/)?issues\/(\d{1,9})|([\w.-]+(?:\/[\w.-]+)+)?#(\d{1,9}))\b/;

/** Issues a description closes: `#12`, `owner/name#12`, in lower case. */
export function closedIssues(description: string): string[] {
  const found: string[] = [];
  for (const match of description.matchAll(closing)) {
    let rest = description.slice(match.index + match[0].length, match.index + match[0].length + 1_000);
    for (;;) {
      const [whole, addressed, addressedNumber, named, number] = reference.exec(rest) ?? [];
      if (whole === undefined) break;
      found.push(`${(addressed ?? named ?? "").toLowerCase()}#${addressedNumber ?? number}`);
      const next = /^\s*(?:,\s*(?:and\s+)?|and\s+)/i.exec(rest.slice(whole.length));
      if (next === null) break;
      rest = rest.slice(whole.length + next[0].length);
    }
  }
  return sorted(found);
}
