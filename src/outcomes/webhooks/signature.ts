/** Whether a delivery was signed with a secret of ours. Comparisons take the same time whatever differs. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

export type Headers = Readonly<Record<string, string | undefined>>;

/** Equal without telling by its time where two texts differ, or how long they are. */
export function isSameSecret(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** Every secret is tried, so that the time does not tell which one fits. */
const someFits = (secrets: readonly string[], fits: (secret: string) => boolean): boolean =>
  secrets
    .filter((secret) => secret !== "")
    .map(fits)
    .includes(true);

/** GitHub: `X-Hub-Signature-256: sha256=<hex HMAC-SHA256 of the raw body>`. The older SHA-1 header is not believed. */
export function isSignedByGithub(headers: Headers, body: Buffer, secrets: readonly string[]): boolean {
  const signature = headers["x-hub-signature-256"];
  if (signature === undefined) return false;
  return someFits(secrets, (secret) => isSameSecret(signature, `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`));
}

/** A clock may be off by this much, as the rules of Standard Webhooks advise. */
const toleranceMs = 5 * 60_000;

/**
 * GitLab: `webhook-signature: v1,<base64 HMAC-SHA256 of id.timestamp.body>` where a signing token is set (GitLab 18.10 and
 * later), else the secret itself in `X-Gitlab-Token`. A delivery that bears a signature is judged by it alone.
 * @param now where given, a signature from another time is refused
 */
export function isSignedByGitlab(headers: Headers, body: Buffer, secrets: readonly string[], now: number | null): boolean {
  const [signatures, id, timestamp] = [headers["webhook-signature"], headers["webhook-id"], headers["webhook-timestamp"]];
  if (signatures === undefined) {
    const token = headers["x-gitlab-token"];
    return token !== undefined && someFits(secrets, (secret) => isSameSecret(token, secret));
  }
  if (id === undefined || timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return false;
  if (now !== null && Math.abs(now - Number(timestamp) * 1_000) > toleranceMs) return false;
  return someFits(secrets, (secret) => {
    const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice("whsec_".length), "base64") : secret;
    const expected = `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64")}`;
    return signatures
      .split(" ", 10)
      .map((signature) => isSameSecret(signature, expected))
      .includes(true);
  });
}

/** PagerDuty: `X-PagerDuty-Signature: v1=<hex>,v1=<hex>`. */
export function isSignedByPagerduty(headers: Headers, body: Buffer, secrets: readonly string[]): boolean {
  const signatures = headers["x-pagerduty-signature"];
  if (signatures === undefined) return false;
  return someFits(secrets, (secret) => {
    const expected = `v1=${createHmac("sha256", secret).update(body).digest("hex")}`;
    return signatures
      .split(",", 10)
      .map((signature) => isSameSecret(signature.trim(), expected))
      .includes(true);
  });
}
