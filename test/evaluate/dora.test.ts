import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseCsv } from "./csv.ts";
import { doraReport } from "./dora.ts";

describe("CSV", () => {
  it("has quotes, commas and line ends inside of quotes, and empty fields", () => {
    expect(parseCsv('a,b,c\r\n1,"x, ""y""\nz",\n,,3\n')).toEqual([
      { a: "1", b: 'x, "y"\nz', c: "" },
      { a: "", b: "", c: "3" },
    ]);
    expect(parseCsv("")).toEqual([]);
    expect(parseCsv("a,b\n1,")).toEqual([{ a: "1", b: "" }]);
  });

  it("does not guess where a row has other fields than the head, or a quote does not end", () => {
    expect(() => parseCsv("a,b\n1\n")).toThrow("row 1 has 1 fields, the head has 2");
    expect(() => parseCsv('a\n"x"y\n')).toThrow();
  });
});

describe("tables held against ours", () => {
  let folder: string;
  const write = (name: string, text: string): void => {
    mkdirSync(join(folder, "prev_success_deployment_commit"), { recursive: true });
    writeFileSync(join(folder, "prev_success_deployment_commit", `${name}.csv`), text);
  };
  const head = "id,cicd_deployment_id,cicd_scope_id,repo_url,commit_sha,environment,result,started_date,finished_date";
  const rows = (last: string): string =>
    `${head},prev_success_deployment_commit_id\n1,p1,quay,R,c1,PRODUCTION,SUCCESS,2026-3-1 1:00:00,2026-3-1 1:10:00,\n2,p2,quay,R,c2,PRODUCTION,SUCCESS,2026-3-2 1:00:00,2026-3-2 1:10:00,${last}\n`;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "assay-dora-"));
    write("project_mapping", "project_name,table,row_id\nproject1,cicd_scopes,quay\n");
    write("cicd_deployment_commits_before", rows(""));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("are equal where they say the same, and a difference without a reason is unexplained", () => {
    write("cicd_deployment_commits_after", rows("1"));
    expect(doraReport(folder)).toMatchObject({ unexplained: 0 });
    expect(doraReport(folder).text).toContain("cicd_deployment_commits_after: 2 of 2 rows equal");
    write("cicd_deployment_commits_after", rows("7"));
    const { unexplained, text } = doraReport(folder);
    expect(unexplained).toBe(1);
    expect(text).toContain("2 prev_success_deployment_commit_id: theirs 7, ours 1: DIFFERS, unexplained");
  });

  it("are named where they are not there, and it is an error where none is", () => {
    expect(doraReport(folder).text).toContain(
      "change_lead_time/project_pr_metrics: not compared, change_lead_time/project_pr_metrics.csv is not there",
    );
    expect(() => doraReport(join(folder, "nothing"))).toThrow("none of the tables");
  });
});
