import { z } from "zod";
import { type RouteContract, routes } from "../../contract/api-routes.ts";

/** `docs/api.md`: every route, made of the contract. */
export function apiPage(): string {
  const rows = (Object.values(routes) as readonly RouteContract[]).map(
    (route) =>
      `| \`${route.method.toUpperCase()} ${route.path.replaceAll("+}", "}")}\` | ${route.role} | ${route.summary.replaceAll("|", "\\|")} | ${takes(route)} |`,
  );
  return [
    "# API",
    "",
    "Made by `npm run docs` of the contract (`src/contract/api-routes.ts`). `GET /api/openapi.json` is the same with every field, as an OpenAPI 3.1 document.",
    "",
    "Money is nano-dollars as a string of an integer, instants are UTC, ratios 0..1, null is not known or not observed, never 0. A failure is `application/problem+json` with `code`, `message` and mostly `hint`. An answer that hangs on the store alone carries an `ETag` of the store's revision. Parts of a path are percent-encoded: the change `owner/name#12` is `/api/changes/owner%2Fname%2312`.",
    "",
    "| route | role | gives | takes |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function takes({ query, body, method }: RouteContract): string {
  const schema: Pick<z.core.JSONSchema.BaseSchema, "properties" | "required" | "additionalProperties"> =
    query === undefined ? {} : z.toJSONSchema(query, { io: "input", unrepresentable: "any" });
  const names = Object.keys(schema.properties ?? {}).map((name) =>
    schema.required?.includes(name) === true ? `\`${name}\`` : `\`${name}?\``,
  );
  const dimensions = schema.additionalProperties === undefined || schema.additionalProperties === false ? [] : ["any dimension"];
  const posted = body === undefined ? [] : ["a JSON body"];
  return [...names, ...dimensions, ...posted].join(", ") || (method === "get" ? "" : "nothing");
}
