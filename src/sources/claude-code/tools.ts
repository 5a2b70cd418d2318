import type { ActivityKind } from "../../contract/facts.ts";
import { activityOfMcpTool } from "../mcp-tool.ts";

const activities: Readonly<Record<string, ActivityKind>> = {
  Edit: "edit",
  Write: "edit",
  MultiEdit: "edit",
  NotebookEdit: "edit",
  Read: "read",
  NotebookRead: "read",
  LS: "read",
  ListMcpResourcesTool: "read",
  ReadMcpResourceTool: "read",
  Grep: "search",
  Glob: "search",
  LSP: "search",
  ToolSearch: "search",
  Bash: "shell",
  BashOutput: "shell",
  KillShell: "shell",
  KillBash: "shell",
  TaskOutput: "shell",
  TaskStop: "shell",
  AgentOutputTool: "shell",
  PowerShell: "shell",
  REPL: "shell",
  WebFetch: "web",
  WebSearch: "web",
  Task: "delegate",
  Agent: "delegate",
  TodoWrite: "plan",
  TaskCreate: "plan",
  TaskUpdate: "plan",
  TaskGet: "plan",
  TaskList: "plan",
  EnterPlanMode: "plan",
  ExitPlanMode: "plan",
  AskUserQuestion: "plan",
};

/** What a tool is for, by its name. Bash is told apart by its command. */
export function activityOfTool(tool: string): ActivityKind {
  const known = Object.hasOwn(activities, tool) ? activities[tool] : undefined;
  if (known !== undefined) return known;
  return tool.startsWith("mcp__") ? activityOfMcpTool(tool) : "other";
}

/** Tools whose calls write a file. */
export function isEditTool(tool: string): boolean {
  return activities[tool] === "edit" && Object.hasOwn(activities, tool);
}

/** Tools that give the model the text of one file. */
export function isReadTool(tool: string): boolean {
  return tool === "Read" || tool === "NotebookRead";
}
