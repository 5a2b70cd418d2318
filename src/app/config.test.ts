import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultConfig, readConfig } from "./config.ts";
import { organisationSchema } from "./organisation.ts";

describe("assay.yaml", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "assay-config-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const written = (text: string): string => {
    const path = join(folder, "assay.yaml");
    writeFileSync(path, text);
    return path;
  };

  it("may be absent, unless it was asked for by name", () => {
    expect(readConfig(join(folder, "assay.yaml"), false)).toEqual(defaultConfig);
    expect(() => readConfig(join(folder, "other.yaml"), true)).toThrow(/cannot be read/);
  });

  it("may be empty", () => {
    expect(readConfig(written(""), true)).toEqual(defaultConfig);
  });

  it("changes only what it says", () => {
    const config = readConfig(written("stick_days: 30\ndefault_branches: { a/b: trunk }\n"), true);
    expect(config.fates).toEqual({ stickDays: 30, revertDays: 90, inFlightDays: 14 });
    expect(config.defaultBranches).toEqual({ "a/b": "trunk" });
  });

  const mistakes = (text: string): string[] => {
    try {
      readConfig(written(text), true);
    } catch (error) {
      return (error as Error).message
        .split("\n")
        .slice(1)
        .map((line) => line.trim());
    }
    return [];
  };

  it("names every mistake with its place and line, what was expected, and the nearest name", () => {
    const text = "stick_days: soon\nprices:\n  - { model: x, input: 3 }\nstik_days: 4\n";
    expect(() => readConfig(written(text), true)).toThrow(/3 mistakes/);
    expect(mistakes(text)).toEqual([
      "stick_days (line 1): expected a number, found 'soon'",
      "prices.0 (line 3): has only one of input and output",
      "stik_days (line 4): there is no such setting; did you mean stick_days?",
    ]);
  });

  it.each([
    ["k: 4", "k (line 1): expected at least 5, found 4"],
    ["time_zone: Mars/Base", "time_zone (line 1): is no time zone: take a name like Europe/Berlin or UTC"],
    ["currency: euro", "currency (line 1): 'euro' is no currency: take a code of three capitals like EUR"],
    ["repositories: { denny: [x] }", "repositories.denny (line 1): there is no such setting; did you mean deny?"],
    ["repositories: { deny: x }", "repositories.deny (line 1): expected a list, found 'x'"],
    ["people:\n  - { os_users: [ada] }", "people.0.name (line 2): is missing; expected a text"],
    [
      "people:\n  - { name: Ada, keys: [sk-ant-api03-abcdefghijklmnopqrstuv] }",
      "people.0.keys.0 (line 2): looks like a key itself: give the id or name that the provider shows for it, and take the key out of this file",
    ],
    [
      "people:\n  - { name: Ada, teams: [{ team: a, from: yesterday }] }",
      "people.0.teams.0.from (line 2): expected a day such as 2026-01-31, found 'yesterday'",
    ],
    [
      "teams: [{ name: harbour }]\npeople:\n  - { name: Ada, teams: [{ team: harbur }] }",
      "people.0.teams.0.team (line 3): no team 'harbur' is defined; did you mean harbour?",
    ],
    [
      "people:\n  - { name: Ada, teams: [{ team: a }, { team: b, from: 2026-01-01 }] }",
      "people.0.teams.1 (line 2): Ada is in a and in b at once: give the days (from, to)",
    ],
    [
      "people:\n  - { name: Ada, git_emails: [a@example.com] }\n  - { name: Ben, git_emails: [A@example.com] }",
      "people.1.git_emails.0 (line 3): 'A@example.com' is Ada's already",
    ],
    ["people: [{ name: Ada }, { name: Ada }]", "people.1.name (line 1): 'Ada' is there twice"],
    ["people: [{ name: Ada, salary: senior }]", "people.0.salary (line 1): no salary 'senior' is defined"],
    ["salaries: [{ name: senior, year: { low: 90, high: 80 } }]", "salaries.0.year (line 1): has a low end above its high end"],
    [
      "release_rules: [{ repository: a, released_by: tag }]",
      "release_rules.0.released_by (line 1): expected tags or landing, found 'tag'; did you mean tags?",
    ],
    ["products: [{ name: P, repositories: [] }]", "products.0.repositories (line 1): expected at least 1, found a list"],
    ["plans: [{ name: Team, provider: p, from: 2026-02-01, to: 2026-01-01 }]", "plans.0 (line 1): ends before it begins"],
    ["default_branches: [main]", "default_branches (line 1): expected settings (name: value), found a list"],
  ])("refuses %s", (text, message) => {
    expect(mistakes(text)).toEqual([message]);
  });

  it("takes every setting there is, and keeps those no feature uses yet", () => {
    const config = readConfig(written(whole), true);
    const settings = Object.keys(organisationSchema.shape).sort();
    expect(Object.keys(config.organisation).sort()).toEqual(settings);
    expect(config.timeZone).toBe("Europe/Berlin");
    expect(config.organisation.products?.[0]?.cost_centre).toBe("4711");
    expect(config.organisation.awus?.[0]).toMatchObject({ completed_by: "issue.closed", window_days: 7 });
  });

  it("lets a person be in one team after the other", () => {
    const teams = "[{ team: a, to: 2025-12-31 }, { team: b, from: 2026-01-01 }]";
    expect(mistakes(`people: [{ name: Ada, teams: ${teams} }]`)).toEqual([]);
  });

  it("says where YAML itself is broken, and what to do about a text that begins with a star", () => {
    expect(() => readConfig(written("prices: [\n"), true)).toThrow(/not valid YAML/);
    try {
      readConfig(written("repositories: { deny: [*/secret] }\n"), true);
      expect.unreachable();
    } catch (error) {
      expect((error as { hint?: string }).hint).toContain("in quotes");
    }
  });

  it("takes no secret itself, no address without encryption but loopback, and no name that is no repository", () => {
    const forge = (rest: string): string[] => mistakes(`forges: [{ kind: github, ${rest} }]`);
    expect(forge("token_variable: GITHUB_TOKEN")).toEqual([]);
    expect(forge('token_variable: "ghp_not a name"')[0]).toContain("a secret itself must not stand in this file");
    expect(forge('address: "http://git.example.com/api/v3"')[0]).toContain("must begin with https://");
    expect(forge('address: "http://127.0.0.1:8080"')).toEqual([]);
    expect(forge("repositories: [shop]")[0]).toContain("write owner/name");
  });

  it("is the example of the guide, which names every setting", () => {
    const guide = readFileSync(join(import.meta.dirname, "../../docs/guide/configuration.md"), "utf8");
    const example = /```yaml\n([\s\S]*?)```/.exec(guide)?.[1] ?? "";
    const config = readConfig(written(example), true);
    expect(Object.keys(config.organisation).sort()).toEqual(Object.keys(organisationSchema.shape).sort());
  });
});

const whole = `
time_zone: Europe/Berlin
currency: EUR
billing: [{ provider: anthropic, key_variable: ANTHROPIC_ADMIN_KEY }]
exchange_rates: [{ currency: EUR, usd: "1.08", from: 2026-01-01 }]
k: 6
stick_days: 21
revert_days: 90
in_flight_days: 14
repositories: { allow: ["git.example.com/saltmarsh/*"], deny: ["~/private"] }
forges: [{ kind: gitlab, address: "https://git.example.com/api/v4", repositories: [saltmarsh/harbour], token_variable: GITLAB_TOKEN, incident_labels: [incident] }]
default_branches: { git.example.com/saltmarsh/harbour: main }
release_rules: [{ repository: "git.example.com/saltmarsh/*", released_by: landing }]
people:
  - name: Ada
    git_emails: [ada@example.com]
    os_users: [ada]
    otel_emails: [ada@example.com]
    forge_logins: [ada]
    keys: [key-id-1]
    seats: [seat-1]
    teams: [{ team: harbour, from: 2026-01-01 }]
    salary: senior
teams: [{ name: harbour, cost_centre: 4711 }]
products: [{ name: Harbour, repositories: ["*/harbour"], cost_centre: 4711, value: { low: 1, high: 2 }, alignment: growth }]
cost_centres: [{ id: 4711, name: Platform }]
prices: [{ model: x, input: 1, output: 2 }]
plans: [{ name: Team, provider: anthropic, usd_per_seat_month: 30, seats: 5 }]
salaries: [{ name: senior, year: { low: 80000, high: 100000 } }]
values: [{ name: ticket, each: { low: 5, high: 20 } }]
awus: [{ name: Ticket, completed_by: issue.closed, undone_by: issue.reopened, window_days: 7, value: ticket, human_cost: { low: 10, high: 30 } }]
alignment: [{ name: growth, share: 0.4 }]
`;
