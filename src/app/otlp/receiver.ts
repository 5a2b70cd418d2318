/** Takes what senders of OpenTelemetry send: decoded, stripped to what is kept, on the disk; then it is answered for. */
import { UserError } from "../../contract/errors.ts";
import { type KeptRequest, keepRequest } from "../../sources/otlp/records.ts";
import type { Signal } from "../../sources/otlp/messages.ts";
import { type Encoding, Malformed, writeAnswer, writeStatus } from "../../sources/otlp/wire.ts";
import type { Inbox } from "./inbox.ts";

export type { Encoding, Signal };

/** Words of refusals one answer holds at most. */
const toldReasons = 5;

export class OtlpReceiver {
  readonly #inbox: Inbox;
  readonly #now: () => number;

  constructor(inbox: Inbox, now: () => number) {
    this.#inbox = inbox;
    this.#now = now;
  }

  /**
   * Takes a request whole: when this ends, what can be used of it is kept.
   * @returns the answer in the request's encoding; with what was refused, which is not to be sent again
   * @throws UserError `otlp_malformed` (never to be sent again), `inbox_full`, `inbox_unwritable`, `closing` (later again)
   */
  async take(signal: Signal, encoding: Encoding, body: Uint8Array): Promise<Uint8Array> {
    const kept = this.#keep(signal, encoding, body);
    if (kept.records > 0 && kept.refusedCount === kept.records && isOfAnother(kept))
      throw new UserError("otlp_malformed", `Nothing in it is usable: ${reasonsOf(kept)}.`, {
        hint: "Is this the right path for the signal?",
      });
    await this.#inbox.append(kept.text);
    return writeAnswer(signal, encoding, kept.refusedCount, kept.refusedCount === 0 ? "" : `Refused: ${reasonsOf(kept)}.`);
  }

  #keep(signal: Signal, encoding: Encoding, body: Uint8Array): KeptRequest {
    try {
      return keepRequest(signal, encoding, body, this.#now());
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      throw new UserError("otlp_malformed", error.message, { hint: "It would be refused again: do not send it again.", cause: error });
    }
  }
}

/** All of it lacks what every record of the signal has: it was sent to the wrong place. */
const isOfAnother = ({ refused }: KeptRequest): boolean => [...refused.keys()].every((why) => why.startsWith("a span without"));

const reasonsOf = ({ refused }: KeptRequest): string => {
  const told = [...refused].slice(0, toldReasons).map(([why, count]) => `${count} × ${why}`);
  return [...told, ...(refused.size > toldReasons ? [`${refused.size - toldReasons} more reasons`] : [])].join("; ");
};

/** `google.rpc.Status` in the request's encoding. */
export const statusBody = writeStatus;
