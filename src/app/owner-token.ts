import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../contract/errors.ts";

const accessFile = "access.json";

/** 256 bits by chance: no dictionary leads to it, so a plain hash keeps it. */
const tokenBytes = 32;

export const hashOfToken = (token: string): Uint8Array => createHash("sha256").update(token).digest();

export interface OwnerToken {
  /** SHA-256 of the token: all that is kept. */
  readonly hash: Uint8Array;
  /** The token itself, once: when it is made. */
  readonly made: string | null;
}

/**
 * The token of a store's owner, made when there is none.
 * @throws UserError `access_unreadable` for a damaged file: a new token in its place would lock nobody out who should be
 */
export function ensureOwnerToken(folder: string): OwnerToken {
  const path = join(folder, accessFile);
  const known = readIfThere(path);
  if (known !== null) return { hash: hashIn(known, path), made: null };
  const made = `assay_${randomBytes(tokenBytes).toString("base64url")}`;
  const hash = hashOfToken(made);
  writeFileSync(`${path}.next`, `${JSON.stringify({ ownerTokenSha256: Buffer.from(hash).toString("hex") })}\n`, { mode: 0o600 });
  renameSync(`${path}.next`, path);
  return { hash, made };
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function hashIn(text: string, path: string): Uint8Array {
  const hex = /"ownerTokenSha256":\s*"([0-9a-f]{64})"/.exec(text)?.[1];
  if (hex !== undefined) return Buffer.from(hex, "hex");
  throw new UserError("access_unreadable", `${path} holds no owner token.`, { hint: "Remove it: the next start makes a new token." });
}

/** Takes as long for a wrong token as for the right one. */
export function isToken(token: string, hash: Uint8Array): boolean {
  return timingSafeEqual(hashOfToken(token), hash);
}
