/** Requests byte by byte, as the specification lays them out. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Malformed, readJson, readProtobuf, writeAnswer, writeStatus } from "./wire.ts";

const all = (): boolean => true;
const bytes = (...parts: readonly (number | string | readonly number[])[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === "string" ? [...Buffer.from(part)] : typeof part === "number" ? [part] : [...part])),
  );

/** A field of bytes: its tag, its length, what is in it. */
const field = (number: number, ...inside: readonly (number | string | readonly number[])[]): number[] => {
  const content = [...bytes(...inside)];
  expect(content.length).toBeLessThan(128);
  return [number * 8 + 2, content.length, ...content];
};
/** 1,767,348,000,123,456,789 ns is 0x1886e1a46ddb0d15; lowest byte first. */
const instant = [0x15, 0x0d, 0xdb, 0x6d, 0xa4, 0xe1, 0x86, 0x18];
const attribute = (key: string, value: readonly number[]): number[] => field(6, field(1, key), field(2, value));

const record = field(
  2,
  [0x09, ...instant],
  attribute("model", field(1, "m")),
  attribute("input_tokens", [0x18, 0xac, 0x02]),
  attribute("share", [0x21, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f]),
  attribute("success", [0x10, 1]),
  attribute("list", field(5, field(1, field(1, "x")))),
);
const request = bytes(field(1, field(1, field(1, field(1, "a"), field(2, field(1, "b")))), field(2, field(1, field(1, "s")), record)));

const expected = {
  resourceLogs: [
    {
      resource: { attributes: { values: new Map([["a", "b"]]), total: 1 } },
      scopeLogs: [
        {
          scope: { name: "s" },
          logRecords: [
            {
              timeUnixNano: 1_767_348_000_123,
              attributes: {
                values: new Map<string, unknown>([
                  ["model", "m"],
                  ["input_tokens", 300],
                  ["share", 0.5],
                  ["success", true],
                  ["list", null],
                ]),
                total: 5,
              },
            },
          ],
        },
      ],
    },
  ],
};

describe("protobuf", () => {
  it("reads the fields by their numbers", () => {
    expect(readProtobuf("logs", request, all)).toEqual(expected);
  });

  it("reads what JSON says to the same", () => {
    const value = (key: string, any: unknown) => ({ key, value: any });
    const attributes = [
      value("model", { stringValue: "m" }),
      value("input_tokens", { intValue: "300" }),
      value("share", { doubleValue: 0.5 }),
      value("success", { boolValue: true }),
      value("list", { arrayValue: { values: [{ stringValue: "x" }] } }),
    ];
    const json = {
      resourceLogs: [
        {
          resource: { attributes: [value("a", { stringValue: "b" })] },
          scopeLogs: [{ scope: { name: "s" }, logRecords: [{ timeUnixNano: "1767348000123456789", attributes }] }],
        },
      ],
    };
    expect(readJson("logs", Buffer.from(JSON.stringify(json)), all)).toEqual(expected);
  });

  it("skips fields it does not know, of every wire type", () => {
    const unknown = [15 * 8, 0xff, 0x01, 15 * 8 + 1, 1, 2, 3, 4, 5, 6, 7, 8, 15 * 8 + 2, 2, 0xff, 0xff, 15 * 8 + 5, 1, 2, 3, 4];
    expect(readProtobuf("logs", bytes(unknown, [...request], unknown), all)).toEqual(expected);
  });

  it("reads negative whole numbers, and those beyond 2^53 near enough to be refused", () => {
    const whole = (...varint: readonly number[]) => {
      const body = bytes(field(1, field(2, field(2, attribute("n", [0x18, ...varint])))));
      return readProtobuf("logs", body, all).resourceLogs?.[0]?.scopeLogs?.[0]?.logRecords?.[0]?.attributes?.values.get("n");
    };
    expect(whole(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01)).toBe(-1);
    expect(whole(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f)).toBe(2 ** 53 - 1);
    expect(whole(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)).toBe(2 ** 63);
  });

  it("makes no text of what nobody wants", () => {
    const told: string[] = [];
    const wanted = (key: string): boolean => told.push(key) > 0 && key === "model";
    const read = readProtobuf("logs", request, wanted).resourceLogs?.[0]?.scopeLogs?.[0]?.logRecords?.[0]?.attributes;
    expect([...(read?.values ?? [])]).toEqual([["model", "m"]]);
    expect(read?.total).toBe(5);
    expect(told).toContain("list");
  });

  it("refuses logs where spans belong, and spans where logs belong", () => {
    expect(() => readProtobuf("traces", request, all)).toThrow(/wire type/);
    const span = bytes(field(1, field(2, field(2, field(1, "0123456789abcdef"), field(2, "01234567"), field(5, "chat")))));
    expect(readProtobuf("traces", span, all).resourceSpans?.[0]?.scopeSpans?.[0]?.spans?.[0]).toEqual({
      traceId: Buffer.from("0123456789abcdef").toString("hex"),
      spanId: Buffer.from("01234567").toString("hex"),
      name: "chat",
    });
    expect(() => readProtobuf("logs", span, all)).toThrow(/wire type/);
    expect(() => readProtobuf("metrics", request, all)).toThrow(Malformed);
  });

  it("refuses what is cut off anywhere but between two whole parts", () => {
    let whole = 0;
    for (let end = 1; end < request.length; end++) {
      try {
        readProtobuf("logs", request.subarray(0, end), all);
        whole++;
      } catch (error) {
        expect(error).toBeInstanceOf(Malformed);
      }
    }
    expect(whole).toBe(0); // there is one part, and it is whole at the end alone
  });

  it("refuses lengths beyond the body, endless numbers, groups, and fields without a number", () => {
    for (const body of [
      [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
      [0x0a, 0x05, 1],
      Array.from({ length: 11 }, () => 0x80),
      [0x0b, 0x0c],
      [0x00, 0x00],
      [0x78, 0x80],
    ])
      expect(() => readProtobuf("logs", bytes(body), all)).toThrow(Malformed);
  });

  it("refuses more parts than a request may have, before they fill the memory", () => {
    expect(() =>
      readProtobuf(
        "logs",
        new Uint8Array(400_000).map((_, i) => (i % 2 === 0 ? 0x0a : 0)),
        all,
      ),
    ).toThrow(/smaller batches/);
  });

  it("reads any bytes, or says that they are none of it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom("logs", "traces", "metrics"), (body, signal) => {
        try {
          readProtobuf(signal, body, all);
        } catch (error) {
          expect(error).toBeInstanceOf(Malformed);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("JSON", () => {
  const nested = (levels: number): Uint8Array => Buffer.from(`{"resourceLogs":${"[".repeat(levels)}${"]".repeat(levels)}}`);

  it("is refused above two hundred levels, before it is parsed", () => {
    expect(() => readJson("logs", nested(200), all)).toThrow("nested deeper than 200 levels");
    expect(() => readJson("logs", nested(8_000_000), all)).toThrow("nested deeper than 200 levels");
    expect(() => readJson("logs", nested(199), all)).toThrow("resourceLogs is no object"); // shallow enough to be looked at
  });

  it("counts no bracket that is inside a text", () => {
    const brackets = JSON.stringify({
      resourceLogs: [{ resource: { attributes: [{ key: '"[{\\"', value: { stringValue: "[".repeat(500) } }] } }],
    });
    expect(readJson("logs", Buffer.from(brackets), all).resourceLogs?.[0]?.resource?.attributes?.values.get('"[{\\"')).toBe(
      "[".repeat(500),
    );
  });
});

describe("answers", () => {
  it("say nothing where all was taken", () => {
    expect(writeAnswer("logs", "protobuf", 0, "")).toEqual(new Uint8Array(0));
    expect(Buffer.from(writeAnswer("logs", "json", 0, "")).toString()).toBe("{}");
  });

  it("say how many were refused, and why", () => {
    expect([...writeAnswer("traces", "protobuf", 300, "no id")]).toEqual([0x0a, 10, 0x08, 0xac, 0x02, 0x12, 5, ...Buffer.from("no id")]);
    expect(JSON.parse(Buffer.from(writeAnswer("traces", "json", 300, "no id")).toString())).toEqual({
      partialSuccess: { rejectedSpans: "300", errorMessage: "no id" },
    });
  });

  it("say as a status why nothing was taken", () => {
    expect([...writeStatus("protobuf", 3, "no")]).toEqual([0x08, 3, 0x12, 2, ...Buffer.from("no")]);
  });
});
