/** `assay whoami`: identities and their owners; what nobody owns as lines to paste. */
import { parse } from "yaml";
import { expect, it } from "vitest";
import { runWith } from "./fake-machine.ts";

it("lists every identity with its counts and its owner", async () => {
  const { out } = await runWith(["whoami"]);
  expect(out.split("\n")).toEqual([
    "kind        commits  sessions  whose       identity",
    "git e-mail    1,200         0  Ada Marsh   ada@example.com (Ada Marsh)",
    "git e-mail        3         0  nobody's    ben@example.com (Ben Reed)",
    "OS user           0         7  nobody's    ben",
    "agent            40         0  an agent's  noreply@anthropic.com (Claude)",
    "",
  ]);
});

it("shows the changes of logins where a forge told of any", async () => {
  const login = { kind: "forge_login", value: "ben", name: null, commits: 0, sessions: 0, changes: 12, person: null } as const;
  const { out } = await runWith(["whoami"], { assay: { identities: async () => [login] } });
  expect(out).toBe("kind         commits  sessions  changes  whose     identity\nforge login        0         0       12  nobody's  ben\n");
});

it("lists those nobody owns, agents left out, with YAML that is read back", async () => {
  const { out } = await runWith(["whoami", "--unmatched"]);
  expect(out).not.toContain("ada@example.com");
  expect(out).not.toContain("anthropic");
  expect(parse(out.slice(out.indexOf("people:")))).toEqual({
    people: [
      { name: "Ben Reed", git_emails: ["ben@example.com"] },
      { name: "ben", os_users: ["ben"] },
    ],
  });
});

it("prints JSON, and says when everybody is known", async () => {
  expect(JSON.parse((await runWith(["whoami", "--unmatched", "--json"])).out)).toHaveLength(2);
  expect((await runWith(["whoami", "--unmatched"], { assay: { identities: async () => [] } })).out).toBe("Every identity has an owner.\n");
});
