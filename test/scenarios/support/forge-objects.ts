/** An open pull request as GitHub's REST API gives it, in a line of an export. @param rest what is otherwise */
export function pullLine(api: string, number: number, rest: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({
    url: `${api}/pulls/${number}`,
    number,
    title: "feat: masts",
    body: null,
    state: "open",
    draft: false,
    created_at: "2026-01-03T11:30:00Z",
    updated_at: "2026-01-03T11:30:00Z",
    closed_at: null,
    merged_at: null,
    user: { login: "ada", type: "User" },
    labels: [],
    base: { ref: "main", sha: "b".repeat(40) },
    ...rest,
  });
}
