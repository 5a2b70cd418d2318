/** What the team's forge would give out of reviewed pull requests, as objects of GitHub's REST API, one a line. */
import type { Pull, Repository } from "./repository.ts";
import type { Review, Thread } from "./review.ts";
import type { Person } from "./team.ts";

/** @returns "" where nothing was reviewed */
export function forgeExport(repositories: readonly Repository[]): string {
  const objects = repositories.flatMap((repository) =>
    repository.pulls.flatMap((pull) => (pull.branch.review === null ? [] : pullObjects(repository, pull, pull.branch.review))),
  );
  return objects.map((object) => `${JSON.stringify(object)}\n`).join("");
}

const time = (at: number): string => new Date(Math.floor(at / 1000) * 1000).toISOString();
const user = ({ key }: Person) => ({ login: key, type: "User" });

function pullObjects({ owner, name }: Repository, { number, title, branch }: Pull, review: Review): object[] {
  const api = `https://git.example.com/api/v3/repos/${owner}/${name}`;
  const pullUrl = `${api}/pulls/${number}`;
  const { approved, reviewer, author, openedAt, threads } = review;
  const landedAt = branch.landed === null ? null : time(branch.landed.commitAt);
  const pull = {
    url: pullUrl,
    number,
    title,
    body: null,
    state: landedAt === null ? "open" : "closed",
    draft: false,
    created_at: time(openedAt),
    updated_at: landedAt ?? time(approved?.at ?? review.at),
    closed_at: landedAt,
    merged_at: landedAt,
    merge_commit_sha: branch.landed?.hash ?? null,
    user: user(author),
    labels: [],
    head: { ref: branch.name, sha: branch.commits.at(-1)?.hash, repo: { full_name: `${owner}/${name}` } },
    base: { ref: "main", sha: branch.base.hash, repo: { full_name: `${owner}/${name}` } },
  };
  const said = (n: number, state: string, at: number, commit: string) => ({
    id: number * 100 + n,
    pull_request_url: pullUrl,
    user: user(reviewer),
    state,
    submitted_at: time(at),
    commit_id: commit,
  });
  const comment = ({ path, line, lines, commit, at }: Thread, n: number) => ({
    url: `${api}/pulls/comments/${number * 100 + n}`,
    id: number * 100 + n,
    pull_request_url: pullUrl,
    user: user(reviewer),
    path,
    side: "RIGHT",
    original_start_line: null,
    original_line: lines.indexOf(line) + 1,
    original_commit_id: commit,
    commit_id: commit,
    created_at: time(at),
    updated_at: time(at),
  });
  return [
    pull,
    said(1, review.asksForChanges ? "CHANGES_REQUESTED" : "COMMENTED", review.at, review.commit),
    ...(approved === null ? [] : [said(2, "APPROVED", approved.at, approved.commit)]),
    ...threads.map(comment),
  ];
}
