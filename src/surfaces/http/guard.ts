/** Who may ask from where, and what every answer forbids a browser to do with it. */
import { randomBytes } from "node:crypto";
import { hashOfToken, isToken } from "../../app/owner-token.ts";
import type { Role } from "../../contract/api-routes.ts";
import { UserError } from "../../contract/errors.ts";

/** No script but the page's own files, nothing from elsewhere, no frame around it, no inline style: the page needs none (docs/decisions/0019). */
export const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

const loopbackNames: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/.test(host);

/**
 * On loopback only names of loopback are served: a page of another site whose name was made to lead here (DNS rebinding)
 * still sends its own. Off loopback the server has names it does not know, and a token that such a page has not.
 * @throws UserError `host_not_served`
 */
export function requireHost(host: string | undefined, onLoopback: boolean): void {
  const name = /^(\[[0-9a-f:.]+\]|[^:]*)(:\d+)?$/i.exec(host ?? "")?.[1]?.toLowerCase() ?? "";
  if (onLoopback ? loopbackNames.has(name) : name !== "") return;
  throw new UserError("host_not_served", "This name is not served here.", { hint: "Open the address the server printed." });
}

/** What a request says of where it comes from. */
export interface Caller {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`: browsers tell it, others do not. */
  readonly site: string | undefined;
}

/**
 * Pages of other sites change nothing and ask nothing: what changes something needs an origin that is this server's own, or
 * a caller that is no browser.
 * @throws UserError `origin_not_served`
 */
export function requireOwnOrigin({ method, host, origin, site }: Caller): void {
  const foreign = site === "cross-site" || site === "same-site";
  const changes = method !== "GET" && method !== "HEAD";
  const wrongOrigin = origin !== undefined && hostOfOrigin(origin) !== host?.toLowerCase();
  if (!foreign && !(changes && wrongOrigin)) return;
  throw new UserError("origin_not_served", "This was asked by a page of another site.", { hint: "Ask from the page of this server." });
}

function hostOfOrigin(origin: string): string | null {
  return /^https?:\/\/([^/]+)$/i.exec(origin)?.[1]?.toLowerCase() ?? null;
}

const cookieName = "assay_session";
const sessionSeconds = 30 * 24 * 3_600;
/** Wrong tokens in a row, from anywhere, before the server makes the next one wait. */
const triesAtOnce = 10;
const waitMs = 60_000;

/** Who comes with what: the owner by the token, or by the cookie the token was changed for. */
export class Access {
  readonly #ownerHash: Uint8Array | null;
  readonly #now: () => number;
  /** By hash of the cookie: when it ends. */
  readonly #sessions = new Map<string, number>();
  #wrong = 0;
  #wrongAt = 0;

  /** @param ownerHash null on loopback, where local data is one's own */
  constructor(ownerHash: Uint8Array | null, now: () => number) {
    this.#ownerHash = ownerHash;
    this.#now = now;
  }

  /** @throws UserError `token_missing`, `token_wrong`, `too_many_tries` */
  require(role: Role, headers: { readonly authorization: string | undefined; readonly cookie: string | undefined }): void {
    if (role === "public" || this.#ownerHash === null) return;
    if (!this.isOwner(headers))
      throw new UserError("token_missing", "This needs the owner's token.", { hint: "Log in, or send it as Authorization: Bearer." });
  }

  isOwner({ authorization, cookie }: { readonly authorization: string | undefined; readonly cookie: string | undefined }): boolean {
    if (this.#ownerHash === null) return true;
    const bearer = /^Bearer ([\w.~+/=-]{1,200})$/i.exec(authorization ?? "")?.[1];
    if (bearer !== undefined) {
      this.#requireToken(bearer, this.#ownerHash);
      return true;
    }
    const session = new RegExp(`(?:^|;\\s*)${cookieName}=([\\w-]{1,100})`).exec(cookie ?? "")?.[1];
    const until = session === undefined ? undefined : this.#sessions.get(keyOf(session));
    return until !== undefined && until > this.#now();
  }

  /** Changes the token for a cookie. @returns its header @throws UserError `token_wrong`, `too_many_tries` */
  logIn(token: string): string {
    if (this.#ownerHash !== null) this.#requireToken(token, this.#ownerHash);
    const session = randomBytes(32).toString("base64url");
    this.#sessions.set(keyOf(session), this.#now() + sessionSeconds * 1_000);
    return `${cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${sessionSeconds}`;
  }

  logOut(cookie: string | undefined): string {
    const session = new RegExp(`(?:^|;\\s*)${cookieName}=([\\w-]{1,100})`).exec(cookie ?? "")?.[1];
    if (session !== undefined) this.#sessions.delete(keyOf(session));
    return `${cookieName}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0`;
  }

  /** The right token is taken whoever guesses beside: waiting is for those who have none. */
  #requireToken(token: string, hash: Uint8Array): void {
    if (isToken(token, hash)) return;
    const isFresh = this.#now() - this.#wrongAt < waitMs;
    if (isFresh && this.#wrong >= triesAtOnce)
      throw new UserError("too_many_tries", "Too many wrong tokens.", { hint: "Wait a minute and try again." });
    this.#wrong = isFresh ? this.#wrong + 1 : 1;
    this.#wrongAt = this.#now();
    throw new UserError("token_wrong", "This is not the owner's token.", {
      hint: "It was printed when the store was first served off loopback; removing access.json makes a new one.",
    });
  }
}

const keyOf = (session: string): string => Buffer.from(hashOfToken(session)).toString("hex");
