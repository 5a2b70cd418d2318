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

function filesOf(id: string): string[] {
  const folder = billFixture(id);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).sort();
  return names.map((name) => join(folder, name));
}
const everyFile = billFormats.flatMap(({ id }) => filesOf(id));

async function linesOf(store: string): Promise<string[]> {
  const facts = await FactStore.open(store, { readOnly: true });
  const lines = (await dumpFacts(facts)).filter((line) => line.startsWith("bill_line|"));
  facts.close();
  return lines;
}

/** Another file with what is made of a text, written at the same time. */
function remake(file: string, make: (text: string) => string): string {
  const copy = join(scratch.next("copies"), basename(file));
  if (make === asItIs) copyFileSync(file, copy);
  else writeFileSync(copy, make(readFileSync(file, "utf8")));
  utimesSync(copy, 0, Math.floor(statSync(file).mtimeMs / 1000));
  return copy;
}

const asItIs = (text: string): string => text;
/** In the middle of a value; of a table before its last cell: a cell that is cut short is nothing a reader can tell. */
const cutOff = (text: string): string =>
  text.startsWith("{") || text.startsWith("[")
    ? text.slice(0, text.search(/[A-Za-z0-9][^A-Za-z0-9]*$/))
    : text.slice(0, text.lastIndexOf(","));

it.each(billFormats.map(({ id }) => id))(
  "%s is told by its content, counted once however often it is read, and missed where it is torn",
  async (id) => {
    const files = filesOf(id);
    expect(files.length).toBeGreaterThan(0);
    const store = await makeStore(scratch.next());
    const assay = openStore(store);
    const told = await assay.importBills(files, () => {});
    expect(told.files.map(({ format }) => format)).toEqual(files.map(() => id));
    for (const { lines, file } of told.files) expect(lines, basename(file)).toBeGreaterThan(0);
    const once = await linesOf(store);
    await assay.importBills([...files, ...files.map((file) => remake(file, asItIs))], () => {});
    expect(await linesOf(store)).toEqual(once);
    for (const file of files) {
      const torn = await assay.importBills([remake(file, cutOff)], () => {});
      const codes = torn.files.flatMap(({ problems }) => problems.map(({ code }) => code));
      expect(codes, basename(file)).toContain(file.endsWith(".csv") ? "bill_line_unreadable" : "torn_line");
      expect(torn.lines, basename(file)).toBeLessThanOrEqual(told.lines);
    }
    expect(await linesOf(store)).toEqual(once);
  },
);

describe("files of all formats", () => {
  it("leave the same lines in whatever order they come", async () => {
    const [forth, back] = [await makeStore(scratch.next()), await makeStore(scratch.next())];
    await openStore(forth).importBills(everyFile, () => {});
    await openStore(back).importBills([...everyFile.toReversed(), ...everyFile.slice(3)], () => {});
    expect(await linesOf(back)).toEqual(await linesOf(forth));
  });
});
