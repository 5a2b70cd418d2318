/** What holds for every format a bill comes in: the fixtures of each lie in test/fixtures/bills/<id>/. */
import { copyFileSync, existsSync, readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { billFormats } from "../../src/bills/registry.ts";
import { dumpFacts } from "../../src/store/dump.ts";
import { FactStore } from "../../src/store/store.ts";
import { billFixture } from "./support/bill-store.ts";
import { Scratch, makeStore, openStore } from "./support/sample-store.ts";

const scratch = new Scratch();
afterAll(() => scratch.remove());

const filesOf = (id: string): string[] => {
  const folder = billFixture(id);
  return existsSync(folder)
    ? readdirSync(folder)
        .sort()
        .map((name) => join(folder, name))
    : [];
};
const everyFile = billFormats.flatMap(({ id }) => filesOf(id));

async function linesOf(store: string): Promise<string[]> {
  const facts = await FactStore.open(store, { readOnly: true });
  const lines = (await dumpFacts(facts)).filter((line) => line.startsWith("bill_line|"));
  facts.close();
  return lines;
}

describe.each(billFormats.map(({ id }) => id))("%s", (id) => {
  it("has fixtures, which are told from every other format by their content", async () => {
    expect(filesOf(id).length).toBeGreaterThan(0);
    const assay = openStore(await makeStore(scratch.next()));
    const told = await assay.importBills(filesOf(id), () => {});
    expect(told.files.map(({ format }) => format)).toEqual(filesOf(id).map(() => id));
    for (const { lines, file } of told.files) expect(lines, basename(file)).toBeGreaterThan(0);
  });

  it("tells a file once, under one name or two", async () => {
    const store = await makeStore(scratch.next());
    const assay = openStore(store);
    await assay.importBills(filesOf(id), () => {});
    const once = await linesOf(store);
    const copies = filesOf(id).map((file) => {
      const copy = join(scratch.next("copies"), basename(file));
      copyFileSync(file, copy);
      utimesSync(copy, statSync(file).atime, statSync(file).mtime);
      return copy;
    });
    await assay.importBills([...filesOf(id), ...copies], () => {});
    expect(await linesOf(store)).toEqual(once);
  });

  it("says what is lost of a file that was cut off, and invents nothing", async () => {
    for (const file of filesOf(id)) {
      const whole = await makeStore(scratch.next());
      const { lost } = await openStore(whole).importBills([file], () => {});
      const text = readFileSync(file, "utf8");
      const cut = join(scratch.next("cut"), basename(file));
      // In the middle of a value or of a quoted cell: just before the last letter or digit.
      writeFileSync(cut, text.slice(0, text.search(/[A-Za-z0-9][^A-Za-z0-9]*$/)));
      utimesSync(cut, statSync(file).atime, statSync(file).mtime);
      const torn = await makeStore(scratch.next());
      const told = await openStore(torn).importBills([cut], () => {});
      const known = new Set((await linesOf(whole)).map(withoutAmounts));
      for (const line of await linesOf(torn)) expect(known, basename(file)).toContain(withoutAmounts(line));
      if (file.endsWith(".json") || file.endsWith(".jsonl")) expect(told.lost, basename(file)).toBeGreaterThan(lost);
    }
  });
});

/** A last number that is cut short is another number: of a table nothing tells it. */
const withoutAmounts = (line: string): string => line.split("|").slice(0, 6).join("|");

it("keeps the same lines in whatever order files come", async () => {
  const [forth, back] = [await makeStore(scratch.next()), await makeStore(scratch.next())];
  await openStore(forth).importBills(everyFile, () => {});
  for (const file of everyFile.toReversed()) await openStore(back).importBills([file], () => {});
  expect(await linesOf(back)).toEqual(await linesOf(forth));
});
