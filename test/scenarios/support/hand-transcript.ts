/** Records of a transcript as Claude Code logs them, for sessions that are worked out by hand. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Output costs $25 a million tokens at the list price of the model: 25,000 nano-dollars each. Nothing else is used. */
export const nanoUsdOfToken = 25_000;

export const call = (id: string, name: string, input: object): object => ({ type: "tool_use", id, name, input });

export class HandTranscript {
  readonly session: string;
  readonly #cwd: string;
  readonly #day: string;
  readonly #lines: string[] = [];

  /** @param cwd the folder it runs in @param day `2026-01-03`; times are given as `11:00:00` */
  constructor(session: string, cwd: string, day: string) {
    this.session = session;
    this.#cwd = cwd;
    this.#day = day;
  }

  prompt(time: string, content: string): this {
    return this.#record(time, { type: "user", message: { role: "user", content } });
  }

  response(time: string, outputTokens: number, content: object): this {
    const usage = {
      input_tokens: 0,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: outputTokens,
      service_tier: "standard",
    };
    const message = {
      id: `msg-${this.session.slice(0, 4)}-${time}`,
      type: "message",
      role: "assistant",
      model: "claude-opus-4-6",
      content: [content],
      stop_reason: "end_turn",
      usage,
    };
    return this.#record(time, { type: "assistant", requestId: `req-${this.session.slice(0, 4)}-${time}`, message });
  }

  result(time: string, id: string, content: string, toolUseResult: object): this {
    return this.#record(time, {
      type: "user",
      message: { role: "user", content: [{ type: "tool_result", tool_use_id: id, content }] },
      toolUseResult,
    });
  }

  /** A file written whole, its call answered five seconds after the response that made it. */
  creates(time: string, outputTokens: number, id: string, path: string, lines: readonly string[]): this {
    const filePath = join(this.#cwd, path);
    const content = `${lines.join("\n")}\n`;
    this.response(time, outputTokens, call(id, "Write", { file_path: filePath, content }));
    return this.result(`${time.slice(0, 7)}5`, id, "ok", { type: "create", filePath, content, structuredPatch: [], originalFile: null });
  }

  /** Writes it below a home folder. */
  saveIn(home: string): void {
    const project = join(home, ".claude", "projects", this.#cwd.replaceAll(/[^a-zA-Z0-9]/g, "-"));
    mkdirSync(project, { recursive: true });
    writeFileSync(join(project, `${this.session}.jsonl`), this.#lines.map((line) => `${line}\n`).join(""));
  }

  #record(time: string, part: object): this {
    const common = {
      isSidechain: false,
      userType: "external",
      cwd: this.#cwd,
      sessionId: this.session,
      version: "2.1.42",
      gitBranch: "main",
    };
    const id = { uuid: `u-${this.session.slice(0, 4)}-${time}`, timestamp: `${this.#day}T${time}.000Z` };
    this.#lines.push(JSON.stringify({ ...common, ...id, ...part }));
    return this;
  }
}
