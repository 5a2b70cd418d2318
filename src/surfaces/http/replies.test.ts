import { describe, expect, it } from "vitest";
import { Replies, type SentReply } from "./replies.ts";

const reply = (bytes: number): SentReply => ({ bytes: new Uint8Array(bytes), headers: {} });

describe("kept replies", () => {
  it("are made once for all who ask while one is made, and not again afterwards", async () => {
    const replies = new Replies();
    let made = 0;
    const make = async (): Promise<SentReply> => {
      made++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return reply(10);
    };
    const [a, b] = await Promise.all([replies.get("x", make, () => true), replies.get("x", make, () => true)]);
    expect([made, a === b]).toEqual([1, true]);
    await replies.get("x", make, () => true);
    await replies.get("y", make, () => true);
    expect(made).toBe(2);
  });

  it("are not kept where the store became another meanwhile, nor when making one failed", async () => {
    const replies = new Replies();
    let made = 0;
    const make = async (): Promise<SentReply> => reply(++made);
    await replies.get("x", make, () => false);
    expect((await replies.get("x", make, () => true)).bytes.length).toBe(2);
    await expect(
      replies.get(
        "z",
        async () => Promise.reject(new Error("no")),
        () => true,
      ),
    ).rejects.toThrow("no");
    expect((await replies.get("z", make, () => true)).bytes.length).toBe(3);
  });

  it("give way, what was asked for longest first", async () => {
    const replies = new Replies();
    let made = 0;
    const make = async (): Promise<SentReply> => {
      made++;
      return reply(3_900_000);
    };
    for (const name of ["a", "b", "c", "d", "e", "f", "g", "h"]) await replies.get(name, make, () => true); // 31.2 MB of 32
    await replies.get("a", make, () => true);
    expect(made).toBe(8);
    await replies.get("i", make, () => true); // `b` goes
    await replies.get("a", make, () => true);
    expect(made).toBe(9);
    await replies.get("b", make, () => true);
    expect(made).toBe(10);
  });
});
