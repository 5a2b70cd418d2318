/** An invented session of OpenCode, row by row, for tests. */
import type { InventedRow } from "../test-database.ts";

/** The columns of OpenCode's tables that matter here, as version 1.2 makes them. */
export const openCodeSchema = `
CREATE TABLE session (id text PRIMARY KEY, parent_id text, directory text NOT NULL, version text NOT NULL, title text, cost real DEFAULT 0 NOT NULL,
  tokens_input integer DEFAULT 0 NOT NULL, tokens_output integer DEFAULT 0 NOT NULL, tokens_reasoning integer DEFAULT 0 NOT NULL,
  tokens_cache_read integer DEFAULT 0 NOT NULL, tokens_cache_write integer DEFAULT 0 NOT NULL, model text,
  time_created integer NOT NULL, time_updated integer NOT NULL);
CREATE TABLE message (id text PRIMARY KEY, session_id text NOT NULL, time_created integer NOT NULL, time_updated integer NOT NULL, data text NOT NULL);
CREATE TABLE part (id text PRIMARY KEY, message_id text NOT NULL, session_id text NOT NULL, time_created integer NOT NULL, time_updated integer NOT NULL, data text NOT NULL);
CREATE INDEX part_message_id_id_idx ON part (message_id, id);
CREATE TABLE session_message (id text PRIMARY KEY, session_id text NOT NULL, type text NOT NULL, time_created integer NOT NULL, time_updated integer NOT NULL, data text NOT NULL)`;

/** Seconds after the invented morning began. */
export const at = (seconds: number): number => Date.UTC(2026, 0, 2, 10, 0, seconds);

export const session = (id: string, more: Readonly<Record<string, unknown>> = {}): InventedRow => ({
  table: "session",
  id,
  directory: "/code/shop",
  version: "1.1.40",
  title: "Tax",
  time_created: at(0),
  time_updated: at(0),
  ...more,
});

export const message = (id: string, session_id: string, data: object): InventedRow => ({
  table: "message",
  id,
  session_id,
  time_created: at(1),
  time_updated: at(1),
  data,
});

export const part = (id: string, message_id: string, data: object, session_id = "ses_1"): InventedRow => ({
  table: "part",
  id,
  message_id,
  session_id,
  time_created: at(1),
  time_updated: at(1),
  data,
});

export const prompt = (id: string, text: string): InventedRow[] => [
  message(id, "ses_1", {
    role: "user",
    time: { created: at(1) },
    agent: "build",
    model: { providerID: "anthropic", modelID: "claude-sonnet-4-5" },
  }),
  part(`prt_${id}`, id, { type: "text", text }),
];

const fewTokens = { input: 10, output: 20, reasoning: 0, cache: { read: 0, write: 0 } };

/** An answer at second 2, complete at second 3. */
export const answer = (id: string, more: object): InventedRow =>
  message(id, "ses_1", {
    role: "assistant",
    time: { created: at(2), completed: at(3) },
    parentID: "msg_1",
    modelID: "claude-sonnet-4-5",
    providerID: "anthropic",
    path: { cwd: "/code/shop", root: "/code/shop" },
    cost: 0,
    tokens: fewTokens,
    ...more,
  });

interface ToolState {
  readonly status?: string;
  readonly output?: string;
  readonly error?: string;
  readonly metadata?: object;
}

/** A tool call between seconds 2 and 2. */
export const tool = (id: string, messageId: string, name: string, input: object, state: ToolState): InventedRow =>
  part(id, messageId, {
    type: "tool",
    tool: name,
    callID: `call_${name}_${JSON.stringify(input).length}`,
    state: { status: "completed", output: "", metadata: {}, ...state, input, time: { start: at(2), end: at(2) } },
  });
