import { type MessageSign, readSigns } from "./message-signs.ts";

/** What is read out of a commit message; the message itself is not kept. */
export interface MessageFacts {
  readonly trailers: readonly { readonly key: string; readonly value: string; readonly inTrailerBlock: boolean }[];
  readonly squashOf: number | null;
  readonly mergeOf: number | null;
  readonly reverts: string | null;
  readonly signs: readonly MessageSign[];
}

/** Trailers that say who made a commit, from which session, or what it mends. Spelled as we store them. */
const knownTrailers = [
  "Agent-Logs-Url",
  "Agent-Session",
  "AI-Agent",
  "Ai-assisted",
  "AI-Model",
  "AI-Session",
  "AI-Tool",
  "Amp-Thread-ID",
  "Assisted-by",
  "Change-Id",
  "Claude-Session",
  "Co-authored-by",
  "Codex-Session",
  "Copilot-Session",
  "Cursor-Session",
  "Entire-Agent",
  "Entire-Attribution",
  "Entire-Checkpoint",
  "Entire-Metadata",
  "Entire-Session",
  "Entire-Strategy",
  "Ephemeral-branch",
  "Fixes",
  "Gemini-Session",
  "Generated-by",
  "Generated-with",
  "Made-with",
  "Model",
  "OpenCode-Session",
  "Pi-Session",
  "Reverts",
  "Session-Id",
  "Signed-off-by",
] as const;

const spelling = new Map(knownTrailers.map((key) => [key.toLowerCase(), key] as const));
const trailerLine = new RegExp(`^(${knownTrailers.join("|")}): *(\\S.*?)[ \\t\\r]*$`, "gim");

/**
 * The line agents put under a message, as a trailer: `🤖 Generated with [Claude Code](…)`. Of the line only an agent's name is
 * kept, so that no sentence of a person is.
 */
const generatedLine =
  /^[^\w\n]{0,8}(?:Generated|Made|Created) with \[?(Aider|Amp|Claude(?: Code)?|Cline|Codex(?: CLI)?|Copilot|Cursor|Devin|Droid|Factory|Gemini(?: CLI)?|GitHub Copilot|Goose|Jules|OpenCode|Windsurf)\b/gim;

/** `Fixes:` often goes on with the culprit's subject: only the commit, issue or address is kept. */
const reference = /^(?:[0-9a-f]{7,64}\b|(?:[\w.-]+\/[\w.-]+)?[#!]\d+|[A-Z][A-Z0-9]+-\d+|https?:\/\/\S+)/;
const longestValue = 512;

/** Reads a commit message (subject first). */
export function readMessage(message: string): MessageFacts {
  const subject = subjectOf(message);
  const squash = /\(#(\d{1,9})\)$/.exec(subject);
  return {
    trailers: readTrailers(message),
    squashOf: squash === null ? null : Number(squash[1]),
    mergeOf: mergedRequest(subject, message),
    reverts: /^This reverts commit ([0-9a-f]{7,64})\b/m.exec(message)?.[1] ?? null,
    signs: readSigns(message, subject),
  };
}

/** The first paragraph on one line, as git's `%s`. */
function subjectOf(message: string): string {
  const paragraph = /\S.*(?:\n.*\S.*)*/.exec(message)?.[0] ?? "";
  return paragraph.replaceAll("\n", " ").trimEnd();
}

/** GitHub, Bitbucket, Azure DevOps by subject; GitLab by the line it puts under the subject of a merge. */
function mergedRequest(subject: string, message: string): number | null {
  const found =
    /^Merge pull request #(\d{1,9})\b/.exec(subject) ??
    /^Merged in .+ \(pull request #(\d{1,9})\)/.exec(subject) ??
    /^Merged PR (\d{1,9}):/.exec(subject) ??
    /^See merge request \S*!(\d{1,9})\s*$/m.exec(message);
  return found === null ? null : Number(found[1]);
}

function readTrailers(message: string): MessageFacts["trailers"] {
  const found = [...message.matchAll(trailerLine)];
  const generated = [...message.matchAll(generatedLine)].map((match) => ({
    key: "Generated-with",
    value: match[1] as string,
    inTrailerBlock: false,
  }));
  if (found.length === 0) return generated.length === 0 ? noTrailers : generated;
  const block = trailerBlock(message.split("\n"));
  const trailers = found.flatMap((match) => {
    const key = spelling.get((match[1] as string).toLowerCase()) as string;
    const text = match[2] as string;
    const value = key === "Fixes" || key === "Reverts" ? reference.exec(text)?.[0] : text.slice(0, longestValue);
    const line = message.slice(0, match.index).split("\n").length - 1;
    return value === undefined ? [] : [{ key, value, inTrailerBlock: line >= block.start && line < block.end }];
  });
  return [...trailers, ...generated];
}

const noTrailers: MessageFacts["trailers"] = [];
const nothing = { start: 0, end: 0 };

/**
 * The lines git's own parser takes for trailers: the last paragraph, if it is not the first, and is all trailers, or a
 * quarter trailers with one that git writes itself (`trailer.c`, git 2.39). Lines that begin with white space continue.
 */
function trailerBlock(lines: readonly string[]): { readonly start: number; readonly end: number } {
  let end = lines.length;
  while (end > 0 && (lines[end - 1] as string).trim() === "") end--;
  let start = end;
  while (start > 0 && (lines[start - 1] as string).trim() !== "") start--;
  if (start === 0 || lines.slice(0, start).every((line) => line.trim() === "")) return nothing;
  let trailers = 0;
  let others = 0;
  let byGit = false;
  let afterTrailer = false;
  for (const line of lines.slice(start, end)) {
    if (/^\s/.test(line)) {
      if (!afterTrailer) others++;
      continue;
    }
    const written = /^(Signed-off-by: |\(cherry picked from commit )/.test(line);
    byGit ||= written;
    afterTrailer = written || /^[A-Za-z0-9-]+\s*:/.test(line);
    if (afterTrailer) trailers++;
    else others++;
  }
  const isBlock = trailers > 0 && (others === 0 || (byGit && trailers * 3 >= others));
  return isBlock ? { start, end } : nothing;
}
