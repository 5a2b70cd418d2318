/** Exit codes of the command line, the one table (STYLE 7, RULINGS 8). */
export const exitCodes = { ok: 0, fault: 1, usage: 2, lost: 3 } as const;

/** An error the person can mend: shown without a stack, with a hint. Everything else that is thrown is a fault. */
export class UserError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "UserError";
    this.code = code;
    this.hint = options.hint;
  }
}
