import { describe, expect, it } from "vitest";
import { formatCell, formatShortCount, formatValue, shortRepository } from "./cell.ts";
import { csvOf } from "./csv.ts";

describe("cells as a person reads them", () => {
  const money = { kind: "measure", type: "integer_text", unit: "nano-USD" } as const;

  it("print money beyond 2^53 nano-dollars to the cent", () => {
    // 90,071,992,547,409.91 dollars: as a float of nano-dollars its cents would be gone.
    expect(formatCell(money, "90071992547409910000000")).toBe("$90,071,992,547,409.91");
    expect(formatCell(money, "4999999")).toBe("<$0.01");
    expect(formatCell(money, "0")).toBe("$0.00");
  });

  it("say what is not known, and never 0", () => {
    expect(formatCell(money, null)).toBe("–");
    expect(formatCell({ kind: "dimension", type: "text", unit: null }, null)).toBe("not known");
  });

  it("sign a change, name its unit, and keep the word for what is new", () => {
    const change = { kind: "change", type: "relative", unit: "nano-USD" } as const;
    expect(formatCell(change, -0.2051)).toBe("−20.5 %");
    expect(formatCell(change, 0.5)).toBe("+50.0 %");
    expect(formatCell(change, "new")).toBe("new");
    expect(formatCell({ kind: "change", type: "points", unit: "ratio" }, 0.031)).toBe("+3.1 points");
  });

  it("print counts whole, ratios in percent, days in words", () => {
    expect(formatValue("tokens", 1204)).toBe("1,204");
    expect(formatValue("ratio", 0.494)).toBe("49.4 %");
    expect(formatCell({ kind: "time", type: "text", unit: null }, "2026-08-03")).toBe("3 Aug 2026");
  });

  it("shorten long counts to three figures without passing 999 of a unit", () => {
    expect(formatShortCount(350_867_516)).toBe("351 M");
    expect(formatShortCount(999_900)).toBe("1.00 M");
    expect(formatShortCount(999_400)).toBe("999,400");
    expect(formatShortCount(2_410_000_000)).toBe("2.41 B");
    expect(formatShortCount(0)).toBe("0");
  });

  it("name a repository by its owner and name", () => {
    expect(shortRepository("git.example.com/saltmarsh/tide")).toBe("saltmarsh/tide");
  });
});

describe("a CSV", () => {
  it("holds exact values, quotes what parts cells, and leaves out what is not known", () => {
    const column = (id: string) => ({ id, title: id, kind: "dimension", unit: null, type: "text", additive: false }) as const;
    const rows = [
      { model: 'a,"b"', spend: "1000000001" },
      { model: null, spend: "2" },
    ];
    expect(csvOf({ columns: [column("model"), column("spend")], rows })).toBe('model,spend\r\n"a,""b""",1000000001\r\n,2\r\n');
  });
});
