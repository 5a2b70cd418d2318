/**
 * Where turns begin (RULINGS 11). A person's prompt and a task's notification begin one at once. A slash command and a
 * queued prompt begin one only if a response follows: commands may be local, and what leaves the queue may come back to
 * the input line.
 */
import type { TurnFact } from "../../contract/facts.ts";
import type { Fingerprinter } from "../../lines/fingerprint.ts";
import type { Speaker } from "./responses.ts";

interface WaitingStart {
  readonly since: number;
  readonly fact: TurnFact;
  readonly queued: boolean;
}

interface QueuedPrompt {
  readonly since: number;
  readonly text: string;
}

const notification = /^\s*<(?:task|agent|teammate)-(?:notification|message)\b/;
const command = /^\s*<command-(?:name|message)>/;
/** Local output, shell escapes, interruptions, editor context: the person said nothing to the model. */
const notPrompt =
  /^\s*(?:<local-command-|<bash-(?:input|stdout|stderr)>|\[Request interrupted|<user-memory-input>|<system-reminder>|Caveat: The messages below)/;
const localOutput = /^\s*<local-command-(?:stdout|stderr)>/;
/** Text blocks an editor puts before the prompt. */
export const editorContext = /^\s*<(?:ide_opened_file|ide_selection|ide_diagnostics|system-reminder)>/;

export class TurnStarts {
  readonly #agent: string;
  readonly #fingerprinter: Fingerprinter;
  readonly #emit: (fact: TurnFact) => void;
  #queue: QueuedPrompt[] = [];
  #waiting: WaitingStart[] = [];
  #clearedSince: number | null = null;

  constructor(agent: string, fingerprinter: Fingerprinter, emit: (fact: TurnFact) => void) {
    this.#agent = agent;
    this.#fingerprinter = fingerprinter;
    this.#emit = emit;
  }

  /** Text of a user record that is neither a tool's result nor meta. @param hasImage a prompt without text is still one */
  said(text: string, hasImage: boolean, uuid: string | null, speaker: Speaker): void {
    if (localOutput.test(text)) this.#waiting = this.#waiting.filter((start) => start.queued);
    if (notPrompt.test(text) || (text.trim() === "" && !hasImage)) return;
    if (command.test(text)) {
      this.#command(text, uuid, speaker);
      return;
    }
    const fromQueue = this.#waiting.some((start) => start.queued);
    const trigger = notification.test(text) ? "notification" : fromQueue ? "queued" : "prompt";
    this.#waiting = [];
    this.#begin(this.#fact(text, trigger, uuid ?? `said:${speaker.instant}`, speaker));
  }

  #command(text: string, uuid: string | null, speaker: Speaker): void {
    if (/<command-name>\/?clear<\/command-name>/.test(text)) this.#clearedSince ??= speaker.offset;
    const fact = this.#fact(text, "command", uuid ?? `said:${speaker.instant}`, speaker);
    this.#waiting = [{ since: speaker.offset, fact, queued: false }];
  }

  enqueued(text: string, speaker: Speaker): void {
    this.#queue.push({ since: speaker.offset, text });
  }

  /** A prompt left the queue: at the end of a turn (a user record follows) or into the running one (none does). */
  dequeued(text: string | null, speaker: Speaker): void {
    const at = text === null ? 0 : this.#queue.findIndex((prompt) => prompt.text === text);
    const prompt = this.#queue.splice(Math.max(at, 0), 1)[0];
    const said = text ?? prompt?.text;
    if (said === undefined) return;
    const fact = this.#fact(said, notification.test(said) ? "notification" : "queued", `queue:${speaker.instant}`, speaker);
    this.#waiting.push({ since: prompt?.since ?? speaker.offset, fact, queued: true });
  }

  /** Back to the input line. */
  unqueued(): void {
    this.#queue = [];
  }

  /** An attachment tells the queued prompt again, once it is part of the conversation. */
  attached(text: string, speaker: Speaker): void {
    const fingerprint = this.#fingerprinter.text(text);
    if (this.#waiting.some((start) => start.fact.promptFingerprint === fingerprint)) return;
    const fact = this.#fact(text, notification.test(text) ? "notification" : "queued", `queue:${speaker.instant}`, speaker);
    this.#waiting.push({ since: speaker.offset, fact, queued: true });
  }

  /** The session's own model answered. */
  answered(): void {
    if (this.#waiting.length === 0) return;
    for (const start of this.#waiting) this.#begin(start.fact);
    this.#waiting = [];
  }

  #fact(text: string, trigger: TurnFact["trigger"], key: string, speaker: Speaker): TurnFact {
    const { session, instant } = speaker;
    const promptFingerprint = text.trim() === "" ? null : this.#fingerprinter.text(text);
    return {
      kind: "turn",
      agent: this.#agent,
      session,
      key,
      instant,
      trigger,
      promptFingerprint,
      promptLength: text.length,
      cleared: false,
    };
  }

  #begin(fact: TurnFact): void {
    this.#emit({ ...fact, cleared: this.#clearedSince !== null });
    this.#clearedSince = null;
  }

  /** Forgets what has waited since before `offset`. */
  forgetBefore(offset: number): void {
    this.#queue = this.#queue.filter((prompt) => prompt.since >= offset);
    this.#waiting = this.#waiting.filter((start) => start.since >= offset);
    if (this.#clearedSince !== null && this.#clearedSince < offset) this.#clearedSince = null;
  }

  /** Where the oldest thing that waits began. */
  oldest(): number {
    let oldest = this.#clearedSince ?? Number.POSITIVE_INFINITY;
    for (const { since } of this.#queue) oldest = Math.min(oldest, since);
    for (const { since } of this.#waiting) oldest = Math.min(oldest, since);
    return oldest;
  }
}
