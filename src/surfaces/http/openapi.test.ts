import { describe, expect, it } from "vitest";
import { type RouteContract, routes } from "../../contract/api-routes.ts";
import { handlers } from "./handlers.ts";
import { openApiDocument } from "./openapi.ts";

interface Operation {
  readonly operationId: string;
  readonly "x-role": string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, unknown>>;
}

const document = openApiDocument("1.2.3") as unknown as {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
);

describe("the OpenAPI document", () => {
  it("has every route of the contract once, with its role", () => {
    const wanted = (Object.entries(routes) as [string, RouteContract][]).map(([id, { method, role }]) => `${id} ${method} ${role}`);
    expect(operations.map(({ operationId, method, "x-role": role }) => `${operationId} ${method} ${role}`).sort()).toEqual(wanted.sort());
    expect(Object.keys(handlers).sort()).toEqual(Object.keys(routes).sort());
  });

  it("declares every part of a path, and nothing that is not in it", () => {
    for (const { path, parameters } of operations) {
      const parts = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect([path, parameters.filter((one) => one.in === "path").map(({ name }) => name)]).toEqual([path, parts]);
    }
  });

  it("says which parameters have to be there, and that lists take any dimension", () => {
    const of = (id: string) => operations.find(({ operationId }) => operationId === id)?.parameters ?? [];
    expect(
      of("query")
        .filter(({ required }) => required === true)
        .map(({ name }) => name),
    ).toEqual(["q"]);
    expect(
      of("files")
        .filter(({ required }) => required === true)
        .map(({ name }) => name),
    ).toEqual(["repository"]);
    for (const id of ["sessions", "changes", "strands"]) expect(of(id).map(({ name }) => name)).toContain("dimensions");
  });

  it("leads to no schema that is not in it", () => {
    const named = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to);
    expect(new Set(named)).toEqual(new Set(["#/components/schemas/Failure"]));
    expect(document.components.schemas["Failure"]).toMatchObject({ required: expect.arrayContaining(["code", "message"]) as string[] });
    expect(document.openapi).toBe("3.1.0");
  });
});
