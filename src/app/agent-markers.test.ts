import { describe, expect, it } from "vitest";
import { markedAgent } from "./agent-markers.ts";

const marked = (part: { email?: string; name?: string; trailers?: readonly (readonly [string, string])[] }): string | null =>
  markedAgent({
    authorName: part.name ?? "Ada",
    authorEmail: part.email ?? "ada@example.org",
    trailers: (part.trailers ?? []).map(([key, value]) => ({ key, value, inTrailerBlock: true })),
  });

describe("a mark of an agent", () => {
  it.each([
    ["Claude Opus 4.6 <noreply@anthropic.com>", "claude-code"],
    ["Codex <noreply@openai.com>", "codex"],
    ["Copilot <223556219+Copilot@users.noreply.github.com>", "copilot"],
    ["Cursor <cursoragent@cursor.com>", "cursor"],
    ["aider (gpt-5) <aider@aider.chat>", "aider"],
    ["Amp <amp@ampcode.com>", "amp"],
    ["Claude Monet <monet@example.org>", null],
    ["copilot <ada@example.org>", null],
  ])("is the address of a co-author, not the name: %s", (value, agent) => {
    expect(marked({ trailers: [["Co-authored-by", value]] })).toBe(agent);
  });

  it("is a bot that is the author", () => {
    expect(marked({ email: "198982749+Copilot@users.noreply.github.com" })).toBe("copilot");
    expect(marked({ email: "158243242+devin-ai-integration[bot]@users.noreply.github.com" })).toBe("devin");
    expect(marked({ name: "Ada (aider)" })).toBe("aider");
    expect(marked({ email: "176961590+gemini-code-assist[bot]@users.noreply.github.com" })).toBeNull(); // it reviews
  });

  it("is a trailer that names an agent, or only says that there was one", () => {
    expect(marked({ trailers: [["Generated-with", "Claude Code"]] })).toBe("claude-code");
    expect(marked({ trailers: [["Assisted-by", "Gemini 3"]] })).toBe("gemini-cli");
    expect(marked({ trailers: [["Pi-Session", "x"]] })).toBe("pi");
    expect(marked({ trailers: [["Claude-Session", "x"]] })).toBe("claude-code");
    expect(marked({ trailers: [["Ai-assisted", "true"]] })).toBe("unnamed");
    expect(marked({ trailers: [["Ai-assisted", "false"]] })).toBeNull();
    expect(marked({ trailers: [["Signed-off-by", "Claude <ada@example.org>"]] })).toBeNull();
  });
});
