import type { ActivityKind } from "../../contract/facts.ts";

const activities: Readonly<Record<string, ActivityKind>> = {
  edit: "edit",
  write: "edit",
  multiedit: "edit",
  apply_patch: "edit",
  patch: "edit",
  read: "read",
  list: "read",
  glob: "search",
  grep: "search",
  codesearch: "search",
  lsp: "search",
  bash: "shell",
  shell: "shell",
  task: "delegate",
  todowrite: "plan",
  todoread: "plan",
  plan_enter: "plan",
  plan_exit: "plan",
  question: "plan",
  webfetch: "web",
  websearch: "web",
};

/** What a tool is for, by its name; tools of MCP servers are named `server_tool`. */
export function activityOfTool(tool: string): ActivityKind {
  const known = Object.hasOwn(activities, tool) ? activities[tool] : undefined;
  if (known !== undefined) return known;
  if (/create_(pull_request|merge_request)$/.test(tool)) return "open_change";
  if (/(pull_request|merge_request|review)/.test(tool)) return "review";
  return /(^|_)(search|find|query|grep)(_|$)/.test(tool) ? "search" : "other";
}

/** Tools whose input is a command line. */
export const isShellTool = (tool: string): boolean => tool === "bash" || tool === "shell";
