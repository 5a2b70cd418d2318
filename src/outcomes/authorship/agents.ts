/** Names of agents in notes, trailers and trace records, as the logs of these agents are called here. */
const names: ReadonlyMap<string, string> = new Map([
  ["claude", "claude-code"],
  ["claude-code", "claude-code"],
  ["claude code", "claude-code"],
  ["codex", "codex"],
  ["codex-cli", "codex"],
  ["cursor", "cursor"],
  ["gemini", "gemini-cli"],
  ["gemini-cli", "gemini-cli"],
  ["github-copilot", "copilot"],
  ["copilot", "copilot"],
  ["copilot-cli", "copilot-cli"],
  ["opencode", "opencode"],
  ["pi", "pi"],
  ["amp", "amp"],
  ["devin", "devin"],
  ["junie", "junie"],
  ["droid", "droid"],
  ["factory", "droid"],
  ["factory-droid", "droid"],
  ["kimi", "kimi"],
  ["kimi-cli", "kimi"],
  ["kimi-code", "kimi"],
  ["qwen", "qwen-code"],
  ["qwen-code", "qwen-code"],
  ["windsurf", "windsurf"],
]);

/** Tools that stand in for an agent where git-ai tests itself. What they wrote, nobody's tokens paid for. */
const testTools: ReadonlySet<string> = new Set([
  "mock_ai",
  "mock-ai",
  "mock_known_human",
  "test-agent",
  "test_agent",
  "test-tool",
  "fake_agent",
]);

/** @returns how a tool calls itself whose logs are called `agent` here; several names may lead to one */
export function toolsOf(agent: string): string[] {
  const own = [...names].filter(([, called]) => called === agent).map(([tool]) => tool);
  return own.length > 0 ? own : [agent];
}

/** @returns null where none is named or it is "unknown" */
export function agentCalled(tool: string | null): string | null {
  if (tool === null) return null;
  const name = tool.trim().toLowerCase();
  if (name === "" || name === "unknown" || name.length > 100) return null;
  return names.get(name) ?? name;
}

export const isTestTool = (tool: string | null): boolean => tool !== null && testTools.has(tool.trim().toLowerCase());
