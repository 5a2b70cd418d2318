/** What is read of a project of GitLab by its REST API. */
import type { ForgeClient } from "../forge/client.ts";
import { count, field, instant, list } from "../forge/fields.ts";
import { type Reading, together } from "../forge/reading.ts";
import { type ForgeStream, byUpdate, newestFirst, whenChanged } from "../forge/stream.ts";
import { readObject } from "./objects.ts";

export const defaultAddress = "https://gitlab.com/api/v4";

export const tokenHeaders = (token: string): Readonly<Record<string, string>> => ({ "private-token": token });

/** @param name `group/sub/name` */
export function streamsOf(name: string, address: string): readonly ForgeStream[] {
  const project = `/projects/${encodeURIComponent(name)}`;
  const repository = `${new URL(address).hostname}/${name}`.toLowerCase();
  const read = (value: unknown, rest: string): Reading => readObject(value, { repository, rest }, `${name} ${rest}`);
  const changed = (
    what: string,
    more: string,
    readAll: (client: ForgeClient, things: readonly unknown[]) => Promise<Reading>,
  ): ForgeStream =>
    byUpdate(
      `${name} ${what.replace("_", " ")}`,
      (since, page) =>
        `${project}/${what}?order_by=updated_at&sort=asc&per_page=100${more}${since === null ? "" : `&updated_after=${encodeURIComponent(since)}`}${page === 1 ? "" : `&page=${page}`}`,
      (thing) => field(thing, "updated_at"),
      readAll,
    );
  return [
    changed("merge_requests", "&state=all&scope=all", async (client, things) => {
      const readings = [read(things, "/merge_requests")];
      for (const thing of things) {
        const number = count(thing, "iid");
        if (number === null) continue; // counted as incomplete above
        for (const part of ["discussions", "approvals", "resource_state_events"])
          for await (const page of client.pages(`${project}/merge_requests/${number}/${part}?per_page=100`))
            readings.push(read(page.json, `/merge_requests/${number}/${part}`));
      }
      return together(readings);
    }),
    changed("issues", "&state=all&scope=all", async (_, things) => await Promise.resolve(read(things, "/issues"))),
    changed("deployments", "", async (_, things) => await Promise.resolve(read(things, "/deployments"))),
    whenChanged(`${name} releases`, `${project}/releases?per_page=100`, (things) => read(things, "/releases")),
    newestFirst(`${name} jobs`, async (client, cursor) => {
      const answer = await client.get(cursor ?? `${project}/jobs?per_page=100`);
      if (answer.status !== 200) return null;
      return {
        ...read(answer.json, "/pipelines/0/jobs"),
        next: answer.next,
        instants: list({ jobs: answer.json }, "jobs").map((job) => instant(job, "created_at")),
      };
    }),
  ];
}
