import { z } from "zod";
import { type RouteContract, routes } from "../../contract/api-routes.ts";
import { failureSchema } from "../../contract/api.ts";

type Json = Readonly<Record<string, unknown>>;

/** The API as an OpenAPI 3.1 document, made of the contract and nothing else. */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [id, route] of Object.entries(routes) as [string, RouteContract][]) {
    const path = route.path.replaceAll("+}", "}");
    paths[path] = { ...paths[path], [route.method]: operation(id, route) };
  }
  return {
    openapi: "3.1.0",
    jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
    info: {
      title: "Assay",
      version,
      description:
        "What did the tokens buy? Nano-dollars are strings of integers, instants UTC, ratios 0..1, null is not known or not observed, never 0.",
    },
    paths,
    components: {
      securitySchemes: { owner: { type: "http", scheme: "bearer", description: "The owner's token; needed off loopback only" } },
      schemas: { Failure: schemaOf(failureSchema, "output") },
    },
  };
}

function operation(id: string, route: RouteContract): Json {
  const named = [...route.path.matchAll(/\{(\w+)\+?\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const failure = { description: "Failure", content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Failure" } } } };
  return {
    operationId: id,
    summary: route.summary,
    "x-role": route.role,
    ...(route.role === "public" ? {} : { security: [{ owner: [] }] }),
    parameters: [...named, ...queryParameters(route.query)],
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: true, content: { "application/json": { schema: schemaOf(route.body, "input") } } } }),
    responses: { ...successOf(id, route), default: failure },
  };
}

function successOf(id: string, { answer, ofStore }: RouteContract): Json {
  const seen = ofStore === true ? { "304": { description: "As `If-None-Match` has it" } } : {};
  if (id === "importEvents") return { "200": { description: "Events", content: { "text/event-stream": {} } } };
  if (answer === null) return { "204": { description: "Done" } };
  const content = {
    "application/json": { schema: schemaOf(answer, "output") },
    ...(id.toLowerCase().endsWith("query") ? fileContent : {}),
  };
  return { [id === "startImport" ? "202" : "200"]: { description: "The answer", content }, ...seen };
}

const fileContent = { "text/csv": {}, "application/vnd.apache.parquet": {} } as const;

function queryParameters(query: z.ZodType | undefined): Json[] {
  if (query === undefined) return [];
  const {
    properties = {},
    required = [],
    additionalProperties,
  } = schemaOf(query, "input") as {
    readonly properties?: Readonly<Record<string, Json>>;
    readonly required?: readonly string[];
    readonly additionalProperties?: unknown;
  };
  const known = Object.entries(properties).map(([name, schema]) => ({ name, in: "query", required: required.includes(name), schema }));
  if (additionalProperties === false) return known;
  const dimensions = { type: "object", additionalProperties: { type: "array", items: { type: "string" } } };
  return [
    ...known,
    {
      name: "dimensions",
      in: "query",
      style: "form",
      explode: true,
      description: "Any dimension: `fate=stuck&model=null`",
      schema: dimensions,
    },
  ];
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const made = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return Object.fromEntries(Object.entries(made).filter(([name]) => name !== "$schema")); // the document says it once
}
