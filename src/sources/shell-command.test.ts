import { describe, expect, test } from "vitest";
import { shellPurpose, splitCommands } from "./shell-command.ts";

const activityOf = (line: string): string => shellPurpose(line, "/repo").activity;
const writesOf = (line: string): string[] => shellPurpose(line, "/repo").writes.map((write) => `${write.operation} ${write.path}`);

describe("a command line is split", () => {
  test("at operators, not inside quotes", () => {
    expect(splitCommands("cd a && git commit -m 'x && y; z' | tail -5").map((c) => c.words)).toEqual([
      ["cd", "a"],
      ["git", "commit", "-m", "x && y; z"],
      ["tail", "-5"],
    ]);
  });
  test("after the end of a here-document", () => {
    const line = "cat > a.txt <<'EOF'\nrm b.txt; don't\nEOF\ngit status";
    expect(splitCommands(line)).toEqual([
      { words: ["cat"], writesTo: ["a.txt"] },
      { words: ["git", "status"], writesTo: [] },
    ]);
  });
  test("with a here-document in a substitution kept whole", () => {
    const line = `git commit -m "$(cat <<'EOF'\nFix: don't fail (again\n\nEOF\n)" && git push`;
    expect(splitCommands(line).map((c) => c.words[1])).toEqual(["commit", "push"]);
  });
  test("and descriptors are no files", () => {
    expect(splitCommands("go build ./... 2>&1 >/dev/null &> out.log").map((c) => [...c.words, "|", ...c.writesTo])).toEqual([
      ["go", "build", "./...", "|", "/dev/null", "out.log"],
    ]);
  });
});

test.each([
  ["go test ./... 2>&1 | tail -20", "test"],
  ["cd web && npm run test:ci", "test"],
  ["python -m pytest -q tests", "test"],
  ["CI=1 timeout 60 npx vitest run", "test"],
  ["cargo nextest run", "test"],
  ["mise run test", "test"],
  ["go build ./... && go vet ./...", "build"],
  ["npm run lint", "build"],
  ["golangci-lint run", "build"],
  ["git add -A && git commit -m 'x' && git push", "commit"],
  ["git -C /repo commit --amend --no-edit", "commit"],
  ["git rebase --continue", "commit"],
  ["git rebase --abort", "shell"],
  ["git push -u origin HEAD", "push"],
  ["gh pr create --title x --body y", "open_change"],
  ["gh pr view 12 --comments", "review"],
  ["git log --oneline -10", "read"],
  ["cat a.go | head -50", "read"],
  ["grep -rn foo . | head", "search"],
  ["find . -name '*.go' | xargs grep foo", "search"],
  ["find . -name '*.go' | xargs sed -i 's/a/b/'", "edit"],
  ["sed -n 1,20p a.go", "read"],
  ["sed -i '' 's/a/b/' a.go", "edit"],
  ["gofmt -w .", "edit"],
  ["curl -s https://example.com", "web"],
  ["./run.sh", "shell"],
  ["mkdir -p a/b", "shell"],
  ["echo done", "shell"],
])("%s is %s", (line, activity) => {
  expect(activityOf(line)).toBe(activity);
});

describe("a file a command plainly writes is named", () => {
  test("by redirection, relative to the folder", () => {
    expect(writesOf("echo hello > docs/../notes.txt")).toEqual(["opaque /repo/notes.txt"]);
    expect(writesOf("cd sub && echo hello >> notes.txt")).toEqual(["opaque /repo/sub/notes.txt"]);
    expect(writesOf('cd "$DIR" && echo hello >> notes.txt')).toEqual(["opaque notes.txt"]);
    expect(writesOf("make > /dev/null 2>&1")).toEqual([]);
  });
  test("by in-place editors, without their script", () => {
    expect(writesOf("sed -i 's/a/b/g' a.go b.go")).toEqual(["opaque /repo/a.go", "opaque /repo/b.go"]);
    expect(writesOf("sed -i '' -e 's|a|b|' a.go")).toEqual(["opaque /repo/a.go"]);
    expect(writesOf("perl -pi -e 's/a/b/' /tmp/x.pl")).toEqual(["opaque /tmp/x.pl"]);
  });
  test("by tee and rm", () => {
    expect(writesOf("cat x | tee out.txt")).toEqual(["opaque /repo/out.txt"]);
    expect(writesOf("rm -f a.go && git rm b.go")).toEqual(["delete /repo/a.go", "delete /repo/b.go"]);
  });
  test("and never by a pattern or a variable", () => {
    expect(writesOf('rm -rf *.tmp "$DIR"; sed -i s/a/b/ $(git ls-files)')).toEqual([]);
  });
});

test("commits and opened changes are told beside the activity", () => {
  expect(shellPurpose("git commit -m x && gh pr create --fill", null)).toMatchObject({
    activity: "open_change",
    commits: true,
    opensChange: true,
  });
});

test("a command line of nothing but beginnings is read to its end", () => {
  expect(splitCommands('"$('.repeat(100_000))).toHaveLength(1);
  expect(splitCommands("$(cat <<'EOF'\n").length).toBe(1);
});
