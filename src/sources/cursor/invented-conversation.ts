/** An invented conversation of Cursor's editor, value by value, for tests. */
import type { InventedRow } from "../test-database.ts";

export const cursorSchema = `
CREATE TABLE ItemTable (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB);
CREATE TABLE cursorDiskKV (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB)`;

/** Seconds after the invented morning began, as bubbles write them. */
export const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 2, 10, 0, seconds)).toISOString();

export const value = (key: string, text: string): InventedRow => ({ table: "cursorDiskKV", key, value: text });

export const composer = (id: string, more: object = {}): InventedRow =>
  value(
    `composerData:${id}`,
    JSON.stringify({ _v: 10, composerId: id, createdAt: Date.parse(at(0)), modelConfig: { modelName: "claude-4.5-sonnet" }, ...more }),
  );

export const bubble = (conversation: string, id: string, data: object): InventedRow =>
  value(`bubbleId:${conversation}:${id}`, JSON.stringify({ _v: 3, bubbleId: id, ...data }));
