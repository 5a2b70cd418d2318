/** One invented conversation as each agent would keep it: what reading a line costs is compared on equal work. */

/** A round: a prompt, and responses that read a file, edit it, run the tests and say so. */
interface Round {
  readonly number: number;
  readonly at: number;
  readonly prompt: string;
  readonly path: string;
  /** Content of the file before the edit, some 4 kB. */
  readonly content: string;
  readonly from: string;
  readonly to: string;
  /** What the tests print, some 2 kB. */
  readonly printed: string;
}

const cwd = "/code/quay";
const startsAt = Date.UTC(2026, 0, 3);

function roundOf(number: number): Round {
  const lines = Array.from({ length: 90 }, (_, i) => `\tconst berth${i} = allot(${i + number}, "north", ${number});`);
  return {
    number,
    at: startsAt + number * 60_000,
    prompt: `Move berth ${number % 90} of the quay to the south side and run the tests.`,
    path: `${cwd}/src/quay${number % 40}.ts`,
    content: `${lines.join("\n")}\n`,
    from: lines[number % 90] as string,
    to: `\tconst berth${number % 90} = allot(${number}, "south", ${number});`,
    printed: Array.from({ length: 40 }, (_, i) => `ok  quay/berth${i}  ${(number + i) % 7}.${i} ms  (cached)`).join("\n"),
  };
}

const iso = (at: number): string => new Date(at).toISOString();
const callId = (kind: string, round: number): string => `call_${kind}${String(round).padStart(20, "0")}`;
type Json = Readonly<Record<string, unknown>>;
type Steps = (round: Round) => Json[];

function claude(round: Round): Json[] {
  const head = (step: number) => ({
    parentUuid: `u${round.number}.${step - 1}`,
    isSidechain: false,
    userType: "external",
    cwd,
    sessionId: "s1",
    version: "2.1.100",
    gitBranch: "main",
    uuid: `u${round.number}.${step}`,
    timestamp: iso(round.at + step * 1000),
  });
  const usage = { input_tokens: 4, cache_creation_input_tokens: 900, cache_read_input_tokens: 40_000, output_tokens: 210 };
  const answer = (step: number, block: Json): Json => ({
    ...head(step),
    message: { model: "claude-opus-4-5", id: `msg_${round.number}_${step}`, type: "message", role: "assistant", content: [block], usage },
    requestId: `req_${round.number}_${step}`,
    type: "assistant",
  });
  const result = (step: number, id: string, content: string, toolUseResult: Json): Json => ({
    ...head(step),
    type: "user",
    message: { role: "user", content: [{ tool_use_id: id, type: "tool_result", content }] },
    toolUseResult,
  });
  const { path, content, from, to, printed, number } = round;
  const at = (number % 90) + 1;
  const structuredPatch = [{ oldStart: at, oldLines: 1, newStart: at, newLines: 1, lines: [`-${from}`, `+${to}`] }];
  return [
    { ...head(0), type: "user", message: { role: "user", content: round.prompt } },
    answer(1, { type: "tool_use", id: callId("r", number), name: "Read", input: { file_path: path } }),
    result(2, callId("r", number), content, {
      type: "text",
      file: { filePath: path, content, numLines: 90, startLine: 1, totalLines: 90 },
    }),
    answer(3, { type: "tool_use", id: callId("e", number), name: "Edit", input: { file_path: path, old_string: from, new_string: to } }),
    result(4, callId("e", number), "updated", { filePath: path, oldString: from, newString: to, originalFile: content, structuredPatch }),
    answer(5, { type: "tool_use", id: callId("t", number), name: "Bash", input: { command: "go test ./..." } }),
    result(6, callId("t", number), printed, { stdout: printed, stderr: "", interrupted: false }),
    answer(7, { type: "text", text: "The berth lies south now and all tests pass." }),
  ];
}

function codex(round: Round): Json[] {
  const record = (step: number, type: string, payload: Json): Json => ({ timestamp: iso(round.at + step * 1000), type, payload });
  const usage = {
    input_tokens: 40_904,
    cached_input_tokens: 40_000,
    output_tokens: 210,
    reasoning_output_tokens: 60,
    total_tokens: 41_114,
  };
  const count = (step: number): Json => {
    const responses = round.number * 4 + (step + 1) / 2;
    const total = Object.fromEntries(Object.entries(usage).map(([name, value]) => [name, value * responses]));
    const info = { total_token_usage: total, last_token_usage: usage, model_context_window: 272_000 };
    return record(step, "event_msg", { type: "token_count", info, rate_limits: { primary: { used_percent: 7, window_minutes: 300 } } });
  };
  const call = (step: number, kind: string, args: Json): Json =>
    record(step, "response_item", {
      type: "function_call",
      name: "exec_command",
      arguments: JSON.stringify(args),
      call_id: callId(kind, round.number),
    });
  const output = (step: number, kind: string, text: string): Json =>
    record(step, "response_item", {
      type: "function_call_output",
      call_id: callId(kind, round.number),
      output: `Chunk ID: 1\nWall time: 0.1 seconds\nProcess exited with code 0\nOutput:\n${text}`,
    });
  const { path, content, from, to, printed, number } = round;
  const patch = `*** Begin Patch\n*** Update File: ${path}\n@@\n-${from}\n+${to}\n*** End Patch\n`;
  const edit = { type: "custom_tool_call", status: "completed", call_id: callId("e", number), name: "apply_patch", input: patch };
  const at = (number % 90) + 1;
  const changes = { [path]: { type: "update", unified_diff: `@@ -${at} +${at} @@\n-${from}\n+${to}\n`, move_path: null } };
  return [
    record(0, "turn_context", {
      turn_id: `t${number}`,
      cwd,
      model: "gpt-5.2-codex",
      approval_policy: "never",
      effort: "high",
      summary: "none",
    }),
    record(0, "response_item", { type: "message", role: "user", content: [{ type: "input_text", text: round.prompt }] }),
    record(0, "event_msg", { type: "user_message", message: round.prompt, images: [] }),
    call(1, "r", { cmd: `cat ${path}`, workdir: cwd, max_output_tokens: 12_000 }),
    count(1),
    output(2, "r", content),
    record(3, "response_item", edit),
    count(3),
    record(4, "event_msg", {
      type: "patch_apply_end",
      call_id: callId("e", number),
      stdout: "Success.",
      stderr: "",
      success: true,
      changes,
    }),
    record(4, "response_item", {
      type: "custom_tool_call_output",
      call_id: callId("e", number),
      output: "Exit code: 0\nOutput:\nSuccess.",
    }),
    call(5, "t", { cmd: "go test ./...", workdir: cwd }),
    count(5),
    output(6, "t", printed),
    record(7, "response_item", {
      type: "message",
      role: "assistant",
      content: [{ type: "output_text", text: "The berth lies south now." }],
    }),
    count(7),
  ];
}

function gemini(round: Round): Json[] {
  const { path, content, from, to, printed, number } = round;
  const tokens = { input: 40_900, output: 210, cached: 40_000, thoughts: 60, tool: 0, total: 41_170 };
  const message = (step: number, more: Json): Json => ({
    id: `m${number}.${step}`,
    timestamp: iso(round.at + step * 1000),
    type: "gemini",
    content: "",
    thoughts: [],
    model: "gemini-3-pro-preview",
    tokens,
    ...more,
  });
  const called = (step: number, id: string, name: string, args: Json, output: string): Json[] => [
    message(step, {}),
    message(step, {
      toolCalls: [
        {
          id,
          name,
          args,
          status: "success",
          timestamp: iso(round.at + step * 1000 + 500),
          result: [{ functionResponse: { id, name, response: { output } } }],
        },
      ],
    }),
  ];
  return [
    { id: `u${number}`, timestamp: iso(round.at), type: "user", content: [{ text: round.prompt }] },
    ...called(1, callId("r", number), "read_file", { file_path: path }, content),
    ...called(3, callId("e", number), "replace", { file_path: path, old_string: from, new_string: to }, "Successfully modified file"),
    ...called(5, callId("t", number), "run_shell_command", { command: "go test ./..." }, `Output: ${printed}\nExit Code: 0`),
    message(7, { content: "The berth lies south now and all tests pass." }),
  ];
}

function qwen(round: Round): Json[] {
  const { path, content, from, to, printed, number } = round;
  const usageMetadata = {
    promptTokenCount: 40_900,
    candidatesTokenCount: 270,
    thoughtsTokenCount: 60,
    cachedContentTokenCount: 40_000,
    totalTokenCount: 41_170,
  };
  const record = (step: number, type: string, parts: readonly Json[], more: Json = {}): Json => ({
    uuid: `q${number}.${step}`,
    parentUuid: `q${number}.${step - 1}`,
    sessionId: "s1",
    timestamp: iso(round.at + step * 1000),
    type,
    cwd,
    version: "0.6.0",
    gitBranch: "main",
    message: { role: type === "assistant" ? "model" : "user", parts },
    ...more,
  });
  const called = (step: number, id: string, name: string, args: Json, output: string): Json[] => [
    record(step, "assistant", [{ functionCall: { id, name, args } }], { model: "qwen3-coder-plus", usageMetadata }),
    record(step + 1, "tool_result", [{ functionResponse: { id, name, response: { output } } }], {
      toolCallResult: { callId: id, status: "success" },
    }),
  ];
  return [
    record(0, "user", [{ text: round.prompt }]),
    ...called(1, callId("r", number), "read_file", { file_path: path }, content),
    ...called(3, callId("e", number), "edit", { file_path: path, old_string: from, new_string: to }, "ok"),
    ...called(5, callId("t", number), "run_shell_command", { command: "go test ./..." }, `Output: ${printed}\nExit Code: 0`),
    record(7, "assistant", [{ text: "The berth lies south now." }], { model: "qwen3-coder-plus", usageMetadata }),
  ];
}

function pi(round: Round): Json[] {
  const { path, content, from, to, printed, number } = round;
  const usage = { input: 4, output: 210, cacheRead: 40_000, cacheWrite: 900, totalTokens: 41_114, cost: { total: 0.031 } };
  const entry = (step: number, message: Json): Json => ({
    type: "message",
    id: `${number}.${step}`,
    parentId: `${number}.${step - 1}`,
    timestamp: iso(round.at + step * 1000),
    message: { ...message, timestamp: round.at + step * 1000 },
  });
  const answer = (step: number, block: Json): Json =>
    entry(step, {
      role: "assistant",
      content: [block],
      api: "anthropic-messages",
      provider: "anthropic",
      model: "claude-opus-4-5",
      usage,
      stopReason: "toolUse",
      responseId: `msg_${number}_${step}`,
    });
  const called = (step: number, id: string, name: string, args: Json, text: string): Json[] => [
    answer(step, { type: "toolCall", id, name, arguments: args }),
    entry(step + 1, { role: "toolResult", toolCallId: id, toolName: name, content: [{ type: "text", text }], isError: false }),
  ];
  return [
    entry(0, { role: "user", content: [{ type: "text", text: round.prompt }] }),
    ...called(1, callId("r", number), "read", { path }, content),
    ...called(3, callId("e", number), "edit", { path, oldText: from, newText: to }, "Replaced"),
    ...called(5, callId("t", number), "bash", { command: "go test ./..." }, printed),
    answer(7, { type: "text", text: "The berth lies south now." }),
  ];
}

function kimi(round: Round): Json[] {
  const { path, content, from, to, printed, number } = round;
  const say = (step: number, type: string, payload: Json): Json => ({
    timestamp: (round.at + step * 1000) / 1000,
    message: { type, payload },
  });
  const token_usage = { input_other: 4, output: 210, input_cache_read: 40_000, input_cache_creation: 900 };
  const called = (step: number, kind: string, name: string, args: Json, output: string): Json[] => [
    say(step, "ToolCall", { type: "function", id: callId(kind, number), function: { name, arguments: JSON.stringify(args) } }),
    say(step, "StatusUpdate", { context_usage: 0.4, token_usage, message_id: `chatcmpl-${number}-${step}` }),
    say(step + 1, "ToolResult", { tool_call_id: callId(kind, number), return_value: { is_error: false, output, message: "" } }),
  ];
  return [
    say(0, "TurnBegin", { user_input: round.prompt }),
    ...called(1, "r", "ReadFile", { path }, content),
    ...called(3, "e", "StrReplaceFile", { path, edit: { old: from, new: to } }, "ok"),
    ...called(5, "t", "Shell", { command: "go test ./..." }, printed),
    say(7, "ContentPart", { type: "text", text: "The berth lies south now." }),
    say(7, "StatusUpdate", { context_usage: 0.4, token_usage, message_id: `chatcmpl-${number}-7` }),
  ];
}

function droid(round: Round): Json[] {
  const { path, content, from, to, printed, number } = round;
  const message = (step: number, role: string, block: Json): Json => ({
    type: "message",
    id: `${number}.${step}`,
    timestamp: iso(round.at + step * 1000),
    message: { role, content: [block] },
  });
  const called = (step: number, id: string, name: string, input: Json, output: string): Json[] => [
    message(step, "assistant", { type: "tool_use", id, name, input }),
    message(step + 1, "user", { type: "tool_result", tool_use_id: id, content: output }),
  ];
  return [
    message(0, "user", { type: "text", text: round.prompt }),
    ...called(1, callId("r", number), "Read", { file_path: path }, content),
    ...called(3, callId("e", number), "Edit", { file_path: path, old_str: from, new_str: to }, "ok"),
    ...called(5, callId("t", number), "Execute", { command: "go test ./..." }, `${printed}\n[Process exited with code 0]`),
    message(7, "assistant", { type: "text", text: "The berth lies south now." }),
  ];
}

function copilot(round: Round): Json[] {
  const event = (step: number, type: string, data: Json): Json => ({
    type,
    data,
    id: `e${round.number}.${step}`,
    timestamp: iso(round.at + step * 1000),
    parentId: `e${round.number}.${step - 1}`,
  });
  const called = (step: number, kind: string, name: string, given: Json, content: string, more: Json = {}): Json[] => {
    const toolCallId = callId(kind, round.number);
    const request = { toolCallId, name, arguments: given, type: "function" };
    return [
      event(step, "assistant.message", { messageId: `m${round.number}.${step}`, content: "", toolRequests: [request], model: "gpt-5.4" }),
      event(step, "tool.execution_start", { toolCallId, toolName: name, arguments: given }),
      event(step + 1, "tool.execution_complete", { toolCallId, success: true, result: { content }, ...more }),
    ];
  };
  const { path, content, from, to, printed } = round;
  return [
    event(0, "user.message", { content: round.prompt, attachments: [] }),
    ...called(1, "r", "view", { path }, content),
    ...called(3, "e", "edit", { path, old_str: from, new_str: to }, "ok"),
    ...called(5, "t", "bash", { command: "go test ./...", description: "Run the tests" }, printed, { shellExecution: { exitCode: 0 } }),
    event(7, "assistant.message", {
      messageId: `m${round.number}.7`,
      content: "The berth lies south now.",
      toolRequests: [],
      model: "gpt-5.4",
    }),
  ];
}

interface AgentLog {
  /** Below a home. */
  readonly path: string;
  readonly head: readonly Json[];
  readonly steps: Steps;
}

const logs: Readonly<Record<string, AgentLog>> = {
  "claude-code": { path: ".claude/projects/quay/s1.jsonl", head: [], steps: claude },
  codex: {
    path: ".codex/sessions/2026/01/03/rollout-2026-01-03T00-00-00-s1.jsonl",
    head: [{ timestamp: iso(startsAt), type: "session_meta", payload: { id: "s1", cwd, model_provider: "openai", source: "cli" } }],
    steps: codex,
  },
  "gemini-cli": {
    path: ".gemini/tmp/quay/chats/session-1.jsonl",
    head: [{ sessionId: "s1", projectHash: "quay", startTime: iso(startsAt), directories: [cwd] }],
    steps: gemini,
  },
  "qwen-code": { path: ".qwen/projects/quay/chats/s1.jsonl", head: [], steps: qwen },
  pi: { path: ".pi/agent/sessions/quay/1_s1.jsonl", head: [{ type: "session", id: "s1", timestamp: iso(startsAt), cwd }], steps: pi },
  kimi: { path: ".kimi/sessions/quay/s1/wire.jsonl", head: [{ type: "metadata", protocol_version: "1.2" }], steps: kimi },
  "copilot-cli": {
    path: ".copilot/session-state/s1/events.jsonl",
    head: [{ type: "session.start", timestamp: iso(startsAt), data: { sessionId: "s1", context: { cwd, branch: "main" } } }],
    steps: copilot,
  },
  droid: { path: ".factory/sessions/quay/s1.jsonl", head: [{ type: "session_start", id: "s1", cwd }], steps: droid },
};

/** Agents there is a log of; Claude Code is the first. */
export const loggedAgents: readonly string[] = Object.keys(logs);

/** The conversation as the agent keeps it. */
export function agentLog(agent: string, rounds: number): { readonly path: string; readonly records: readonly string[] } {
  const { path, head, steps } = logs[agent] as AgentLog;
  const records = [...head, ...Array.from({ length: rounds }, (_, i) => steps(roundOf(i))).flat()];
  return { path, records: records.map((record) => JSON.stringify(record)) };
}
