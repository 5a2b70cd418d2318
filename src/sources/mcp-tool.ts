import type { ActivityKind } from "../contract/facts.ts";

/** What a tool of an MCP server is for, by its name (`mcp__server__tool`, `server.tool`). */
export function activityOfMcpTool(tool: string): ActivityKind {
  if (/create_(pull_request|merge_request)$/.test(tool)) return "open_change";
  if (/(pull_request|merge_request|review)/.test(tool)) return "review";
  if (/(^|_)(search|find|query|grep)(_|$)/.test(tool)) return "search";
  return /(^|_)(browser|navigate|fetch|screenshot)(_|$)/.test(tool) ? "web" : "other";
}
