/**
 * Which agent a commit's message or author names without a session: a co-author, a bot, "Generated with …". A hint (grade D):
 * it moves no dollars and makes no line an agent's. Its absence proves nothing.
 */
import type { CommitFact } from "../contract/facts.ts";

/** E-mail addresses agents and their bots commit or co-author with; GitHub's carry a number that names the account. */
const addresses: readonly (readonly [RegExp, string])[] = [
  [/^noreply@anthropic\.com$/, "claude-code"],
  [/^(?:\d+\+)?claude\[bot\]@users\.noreply\.github\.com$/, "claude-code"],
  [/^noreply@openai\.com$/, "codex"],
  [/^(?:198982749|175728472|223556219)\+copilot@users\.noreply\.github\.com$/, "copilot"],
  [/^(?:\d+\+)?copilot-swe-agent\[bot\]@users\.noreply\.github\.com$/, "copilot"],
  [/^cursoragent@cursor\.com$/, "cursor"],
  [/^aider@aider\.chat$/, "aider"],
  [/^158243242\+devin-ai-integration\[bot\]@users\.noreply\.github\.com$/, "devin"],
  [/^161369871\+google-labs-jules\[bot\]@users\.noreply\.github\.com$/, "jules"],
  [/^gemini-cli-agent@google\.com$/, "gemini-cli"],
  [/^amp@ampcode\.com$/, "amp"],
  [/^138933559\+factory-droid\[bot\]@users\.noreply\.github\.com$/, "droid"],
  [/^opensource@block\.xyz$/, "goose"],
  [/^noreply@codeium\.com$/, "windsurf"],
  [/^noreply@cline\.bot$/, "cline"],
  [/^noreply@opencode\.ai$/, "opencode"],
  [/^noreply@pi\.dev$/, "pi"],
];

const trailerKeys: ReadonlySet<string> = new Set([
  "agent-logs-url",
  "ai-agent",
  "ai-assisted",
  "ai-model",
  "ai-tool",
  "assisted-by",
  "entire-agent",
  "generated-by",
  "generated-with",
  "made-with",
]);

/** Words for agents in what such trailers say. The first that occurs counts. */
const words: readonly (readonly [RegExp, string])[] = [
  [/\bclaude\b/i, "claude-code"],
  [/\bcodex\b/i, "codex"],
  [/\bcopilot\b/i, "copilot"],
  [/\bcursor\b/i, "cursor"],
  [/\bgemini\b/i, "gemini-cli"],
  [/\bopencode\b/i, "opencode"],
  [/\baider\b/i, "aider"],
  [/\bdevin\b/i, "devin"],
  [/\bjules\b/i, "jules"],
  [/\bamp\b/i, "amp"],
  [/\b(?:droid|factory)\b/i, "droid"],
  [/\bgoose\b/i, "goose"],
  [/\bcline\b/i, "cline"],
  [/\bwindsurf\b/i, "windsurf"],
];

/** An agent is named, but not which. */
const someAgent = "unnamed";

/** @returns the agent a commit names as its helper or author, null where it names none */
export function markedAgent({
  trailers,
  authorEmail,
  authorName,
}: Pick<CommitFact, "trailers" | "authorEmail" | "authorName">): string | null {
  const author = byAddress(authorEmail) ?? (authorName.endsWith(" (aider)") ? "aider" : null);
  if (author !== null) return author;
  for (const { key, value } of trailers) {
    const name = key.toLowerCase();
    if (name === "co-authored-by") {
      const agent = byAddress(/<([^<>]*)>\s*$/.exec(value)?.[1] ?? "");
      if (agent !== null) return agent;
    } else if (/^(?:claude|codex|copilot|cursor|gemini|opencode|pi)-session$/.test(name)) {
      return words.find(([word]) => word.test(name.replace("-session", "")))?.[1] ?? "pi";
    } else if (name === "amp-thread-id") return "amp";
    else if (trailerKeys.has(name) && !/^(?:false|no|none)$/i.test(value)) {
      return words.find(([word]) => word.test(value))?.[1] ?? someAgent;
    }
  }
  return null;
}

function byAddress(address: string): string | null {
  const lower = address.trim().toLowerCase();
  return addresses.find(([pattern]) => pattern.test(lower))?.[1] ?? null;
}
