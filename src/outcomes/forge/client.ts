/** Asks the API of a forge, with its limits, its pauses and its faults. */

/** The network and the clock, handed in. */
export interface Transport {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Rejects when the signal is given. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly now: () => number;
}

export interface ClientOptions {
  /** Of the API, without a slash at its end: `https://api.github.com`. */
  readonly address: string;
  /** Headers that say who asks; called for each request, since tokens of apps run out. */
  readonly authorise: () => Promise<Readonly<Record<string, string>>>;
  readonly transport: Transport;
  readonly signal: AbortSignal;
}

export interface ForgeAnswer {
  /** 304: as it was when the ETag was given. 404: not there, or not for us. */
  readonly status: 200 | 304 | 404;
  readonly json: unknown;
  /** Address of the next page, of this forge; null on the last. */
  readonly next: string | null;
  readonly etag: string | null;
}

/** Why nothing more can be read now. What was read stands; the next import goes on from there. */
export class ForgeStopped extends Error {
  readonly code: "forge_rate_limited" | "forge_refused" | "forge_unavailable" | "forge_redirected";
  constructor(code: ForgeStopped["code"], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "ForgeStopped";
    this.code = code;
  }
}

/** A pause longer than this is left to the next import. */
const longestPauseMs = 15 * 60_000;
const attempts = 6;
/** GitHub's advice where a secondary limit names no time. */
const secondaryPauseMs = 60_000;
const requestTimeoutMs = 60_000;
const largestAnswer = 64 << 20;

export class ForgeClient {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** @param target a path below the address, or a whole address of this forge */
  async get(target: string, etag: string | null = null): Promise<ForgeAnswer> {
    return await this.#ask(this.#urlOf(target), { method: "GET" }, etag === null ? {} : { "if-none-match": etag });
  }

  async post(target: string, body: unknown): Promise<ForgeAnswer> {
    return await this.#ask(this.#urlOf(target), { method: "POST", body: JSON.stringify(body) }, { "content-type": "application/json" });
  }

  /** Pages from the first to the last. A page that was seen already ends them: a forge that repeats itself has no more to tell. */
  async *pages(target: string): AsyncGenerator<ForgeAnswer> {
    const seen = new Set<string>();
    for (let next: string | null = this.#urlOf(target); next !== null && !seen.has(next); ) {
      seen.add(next);
      const answer: ForgeAnswer = await this.get(next);
      if (answer.status !== 200) return;
      yield answer;
      next = answer.next;
    }
  }

  /** Pauses as a limit asks for, or says that it is left to another time. */
  async pause(ms: number): Promise<void> {
    if (ms > longestPauseMs)
      throw new ForgeStopped("forge_rate_limited", `the forge wants no more requests for ${Math.ceil(ms / 60_000)} minutes`);
    await this.#options.transport.wait(Math.max(0, ms), this.#options.signal);
  }

  #urlOf(target: string): string {
    const { address } = this.#options;
    const url = new URL(/^https?:\/\//.test(target) ? target : `${address}${target}`);
    if (url.origin !== new URL(address).origin)
      throw new ForgeStopped("forge_redirected", `the forge names an address of another host (${url.host}); it was not asked there`);
    return url.href;
  }

  async #ask(first: string, init: RequestInit, headers: Readonly<Record<string, string>>): Promise<ForgeAnswer> {
    let url = first;
    let redirects = 0;
    let last = "";
    for (let attempt = 0; attempt < attempts; attempt++) {
      this.#options.signal.throwIfAborted();
      const tried = await this.#try(url, init, headers);
      if ("failure" in tried) {
        last = tried.failure;
        await this.pause(1_000 * 2 ** attempt);
        continue;
      }
      const { response, text } = tried;
      if ([301, 302, 307, 308].includes(response.status)) {
        if (++redirects > 3) throw new ForgeStopped("forge_redirected", "the forge leads from address to address");
        url = this.#urlOf(new URL(response.headers.get("location") ?? "", url).href);
        attempt--;
        continue;
      }
      const pause = this.#pauseOf(response, text, attempt);
      if (pause !== null) {
        last = `status ${response.status}`;
        await this.pause(pause);
        continue;
      }
      const answer = this.#answerOf(response, text);
      if (answer !== null) return answer;
      last = `status ${response.status} with half an answer`;
      await this.pause(1_000 * 2 ** attempt);
    }
    throw new ForgeStopped("forge_unavailable", `the forge did not answer in ${attempts} attempts (${last})`);
  }

  async #try(
    url: string,
    init: RequestInit,
    headers: Readonly<Record<string, string>>,
  ): Promise<{ readonly response: Response; readonly text: string } | { readonly failure: string }> {
    const { transport, authorise, signal } = this.#options;
    const own = { accept: "application/json", "user-agent": "assay", ...(await authorise()), ...headers };
    try {
      // Redirects are followed here, not by fetch: a token goes to no other host.
      const response = await transport.fetch(url, {
        ...init,
        headers: own,
        redirect: "manual",
        signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
      });
      if (Number(response.headers.get("content-length") ?? 0) > largestAnswer) {
        await response.body?.cancel();
        throw new ForgeStopped("forge_unavailable", "the forge answers with more than 64 MB at once");
      }
      return { response, text: await response.text() };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ForgeStopped) throw error;
      // A connection that was refused or broke: told when all attempts are spent.
      return { failure: error instanceof Error ? error.message : String(error) };
    }
  }

  /** How long to wait before asking again; null where the answer is one. */
  #pauseOf({ status, headers }: Response, text: string, attempt: number): number | null {
    if (status === 500 || status === 502 || status === 503 || status === 504) return retryAfter(headers) ?? 1_000 * 2 ** attempt;
    const isLimit =
      status === 429 ||
      (status === 403 && isLimited(headers, text)) ||
      (status === 200 && /"type":\s*"RATE_LIMITED"/.test(text.slice(0, 2_000)));
    if (!isLimit) return null;
    const reset = Number(headers.get("x-ratelimit-reset") ?? headers.get("ratelimit-reset") ?? Number.NaN);
    const left = headers.get("x-ratelimit-remaining") ?? headers.get("ratelimit-remaining");
    if (retryAfter(headers) !== null) return retryAfter(headers);
    if (left === "0" && Number.isFinite(reset)) return Math.max(1_000, reset * 1_000 - this.#options.transport.now() + 1_000);
    return secondaryPauseMs * 2 ** attempt;
  }

  /** @returns null for an answer that broke off */
  #answerOf({ status, headers }: Response, text: string): ForgeAnswer | null {
    const etag = headers.get("etag");
    if (status === 304) return { status, json: null, next: null, etag };
    if (status === 404 || status === 410) return { status: 404, json: null, next: null, etag: null };
    if (status < 200 || status > 299) throw new ForgeStopped("forge_refused", `the forge refuses to answer (status ${status})`);
    try {
      const json: unknown = JSON.parse(text);
      const next = /<([^>]+)>;\s*rel="next"/.exec(headers.get("link") ?? "")?.[1] ?? null;
      return { status: 200, json, next: next === null ? null : this.#urlOf(next), etag };
    } catch (error) {
      if (error instanceof ForgeStopped) throw error;
      return null; // half a page: asked again by the caller
    }
  }
}

function retryAfter(headers: Headers): number | null {
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
}

const isLimited = (headers: Headers, text: string): boolean =>
  headers.get("retry-after") !== null ||
  headers.get("x-ratelimit-remaining") === "0" ||
  /secondary rate limit|abuse detection/i.test(text.slice(0, 2_000));
