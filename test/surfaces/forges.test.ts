/** `assay import` hands on what forges told, as absolute paths, and asks them only when it may. */
import { expect, it } from "vitest";
import { emptyImport, runWith } from "./fake-machine.ts";

async function forgesOf(...args: readonly string[]): Promise<unknown> {
  let asked: unknown;
  const { code } = await runWith(["import", ...args], {
    assay: {
      import: async ({ forges }) => {
        asked = forges;
        return await Promise.resolve(emptyImport);
      },
    },
    machine: { workingDir: "/code" },
  });
  expect(code).toBe(0);
  return asked;
}

it("hands on files, given again or not", async () => {
  expect(await forgesOf("--forge", "a.jsonl", "--forge", "/b.json", "--webhooks", "c.jsonl", "--incidents", "d.json")).toEqual({
    exports: ["/code/a.jsonl", "/b.json"],
    webhooks: ["/code/c.jsonl"],
    incidents: ["/code/d.json"],
    ask: true,
  });
});

it("asks no forge when it shall not", async () => {
  expect(await forgesOf("--offline")).toEqual({ exports: [], webhooks: [], incidents: [], ask: false });
});

it("lets no other command ask", async () => {
  const { calls } = await runWith(["start"]);
  const given = calls.find(({ name }) => name === "import")?.args[0] as { forges?: object } | undefined;
  expect(given).toBeDefined();
  expect(given?.forges).toBeUndefined();
});

it("says how much forges told", async () => {
  const { out } = await runWith(["import"], {
    assay: { import: async () => await Promise.resolve({ ...emptyImport, forgeFacts: 1_250 }) },
  });
  expect(out).toContain("12 new commits of 1 repository, 1,250 facts of forges.");
});
