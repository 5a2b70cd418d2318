import { createHmac } from "node:crypto";
import type { Database, Row } from "./duckdb/database.ts";

/**
 * What is remembered of reading forges: where each stream ended, which deliveries were taken, which address a token was given
 * to. It waits for `write`, which the store calls in the transaction of the facts: a kill leaves both or neither.
 */
export class ForgeBookkeeping {
  readonly #database: Database;
  #streams = new Map<string, { readonly forge: string; readonly stream: string; readonly state: string }>();
  #deliveries = new Map<string, { readonly forge: string; readonly delivery: string }>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** States of the streams of a forge as they were last written, by name. */
  async streams(forge: string): Promise<Map<string, string>> {
    const rows = await this.#database.all("SELECT stream, state FROM forge_stream WHERE forge = $forge", { forge });
    return new Map(rows.map((row) => [row["stream"] as string, row["state"] as string]));
  }

  setStream(forge: string, stream: string, state: string): void {
    this.#streams.set(`${forge}\u0000${stream}`, { forge, stream, state });
  }

  /** Ids of the deliveries taken so far. */
  async deliveries(forge: string): Promise<Set<string>> {
    const rows = await this.#database.all("SELECT delivery FROM forge_delivery WHERE forge = $forge", { forge });
    return new Set(rows.map((row) => row["delivery"] as string));
  }

  addDelivery(forge: string, delivery: string): void {
    this.#deliveries.set(`${forge}\u0000${delivery}`, { forge, delivery });
  }

  /**
   * Whether a token may go to an address: it may go where it went first, and nowhere else. Changing an address in a
   * configuration must not send a secret to it (platform.md, section 5: CVE-2026-41487).
   */
  async mayGiveToken(token: string, address: string, secret: string): Promise<boolean> {
    const fingerprint = createHmac("sha256", secret).update(token).digest("hex").slice(0, 32);
    const [row] = await this.#database.all("SELECT address FROM forge_token WHERE token_fp = $fingerprint", { fingerprint });
    if (row !== undefined) return row["address"] === address;
    await this.#database.run("INSERT INTO forge_token VALUES ($fingerprint, $address)", { fingerprint, address });
    return true;
  }

  /** Lets all be read and taken again, as after other rules of what may be read. */
  async forget(): Promise<void> {
    await this.#database.run("DELETE FROM forge_stream");
    await this.#database.run("DELETE FROM forge_delivery");
  }

  async write(seenAt: number): Promise<void> {
    for (const { forge, stream, state } of this.#streams.values()) {
      await this.#database.run("DELETE FROM forge_stream WHERE forge = $forge AND stream = $stream", { forge, stream });
      await this.#database.run("INSERT INTO forge_stream VALUES ($forge, $stream, $state)", { forge, stream, state });
    }
    this.#streams.clear();
    if (this.#deliveries.size === 0) return;
    await this.#database.append(
      "forge_delivery",
      ["VARCHAR", "VARCHAR", "BIGINT"],
      [...this.#deliveries.values()].map(({ forge, delivery }): Row => [forge, delivery, seenAt]),
    );
    this.#deliveries.clear();
  }
}
