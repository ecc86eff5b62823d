import { describe, expect, it } from "vitest";
import { openapiDocument } from "./openapi";
import { operations } from "./operations";

type Json = Record<string, unknown>;
interface Described {
  operationId: string;
  summary: string;
  parameters?: { name: string; in: string; required: boolean; schema: Json }[];
  requestBody?: { required: boolean; content: Record<string, { schema: Json }> };
  responses: Record<string, { description: string; content: Json }>;
}

const document = openapiDocument({ settings: { publicUrl: "http://valet.test" } } as Parameters<typeof openapiDocument>[0]) as Json & {
  paths: Record<string, Record<string, Described>>;
};
const all = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, one]) => ({ path, method, one })),
);

/** The keywords of JSON Schema 2020-12 that our inputs are made of. */
const KEYWORDS = new Set(
  `type description enum const format pattern default anyOf oneOf allOf items properties required additionalProperties minimum maximum
  exclusiveMinimum exclusiveMaximum minLength maxLength minItems maxItems propertyNames $ref`.split(/\s+/),
);

function unknownKeywords(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { properties, items, anyOf, oneOf, allOf } = schema as Record<string, unknown>;
  const below = [
    ...Object.values((properties ?? {}) as Json),
    items,
    ...[anyOf, oneOf, allOf].flatMap((list) => (list ?? []) as unknown[]),
  ];
  return [...Object.keys(schema).filter((name) => !KEYWORDS.has(name)), ...below.flatMap(unknownKeywords)];
}

describe("the OpenAPI document", () => {
  it("is 3.1, names the server and how to prove oneself, and is plain JSON", () => {
    expect(document).toMatchObject({
      openapi: "3.1.0",
      info: { title: "Valet", version: "1" },
      servers: [{ url: "http://valet.test" }],
      security: [{ person: [] }],
      components: { securitySchemes: { person: { type: "http", scheme: "bearer" } } },
    });
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  it("has every operation of the table, each under an id of its own", () => {
    const told = all.map(({ path, method, one }) => `${method.toUpperCase()} ${path} ${one.operationId}`).sort();
    expect(told).toEqual(operations.map(({ method, path, id }) => `${method} ${path} ${id}`).sort());
    expect(new Set(all.map(({ one }) => one.operationId)).size).toBe(all.length);
  });

  it.each(all.map((entry) => [entry.one.operationId, entry] as const))("describes %s completely", (_id, { path, method, one }) => {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    const parameters = one.parameters ?? [];
    expect(parameters.filter((parameter) => parameter.in === "path").map(({ name, required }) => [name, required])).toEqual(
      inPath.map((name) => [name, true]),
    );
    expect(new Set(parameters.map(({ name }) => name)).size).toBe(parameters.length);
    for (const { name, schema } of parameters) {
      expect(name).toMatch(/^[a-z][a-z_]*$/);
      expect(schema).toBeTypeOf("object");
    }
    if (method === "get" || method === "delete") expect(one.requestBody).toBeUndefined();
    const body = one.requestBody?.content["application/json"]?.schema;
    if (body) expect(Object.keys(body.properties as Json)).toEqual(expect.arrayContaining(body.required as string[]));
    if (body) expect(body.additionalProperties).toBe(false);
    expect([...parameters.map(({ schema }) => schema), body].flatMap(unknownKeywords)).toEqual([]);
    expect(one.summary.length).toBeGreaterThan(3);
    expect(Object.keys(one.responses)).toEqual([expect.stringMatching(/^20[01]$/), "default"]);
    for (const { description } of Object.values(one.responses)) expect(description).not.toBe("");
  });

  it("refers to nothing that is not there", () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] as string);
    expect(references.length).toBeGreaterThan(0);
    for (const reference of references) {
      const found = reference
        .slice(2)
        .split("/")
        .reduce<unknown>((node, name) => (node as Json | undefined)?.[name], document);
      expect([reference, found]).toEqual([reference, expect.any(Object)]);
    }
  });

  it("tells what minting takes: what is needed, the lifetimes, and no end beyond thirty days", () => {
    const body = document.paths["/api/v1/grants"]?.post?.requestBody?.content["application/json"]?.schema as Json;
    expect((body.required as string[]).sort()).toEqual(["agent_id", "connection_id", "lifetime"]);
    expect(Object.keys(body.properties as Json).sort()).toEqual([
      "agent_id",
      "bounds",
      "connection_id",
      "delivery",
      "lifetime",
      "pattern",
      "scopes",
    ]);
    expect((body.properties as Json).lifetime).toMatchObject({
      anyOf: [{ enum: ["1h", "8h", "7d", "30d"] }, { type: "integer", minimum: 1, maximum: 2_592_000 }],
    });
    const { bounds } = body.properties as Record<string, Json>;
    expect(Object.keys(bounds?.properties as Json).sort()).toEqual(["calls_per_hour", "resources", "writes_per_run"]);
  });

  it("has activity's filters with the instants as text", () => {
    const parameters = document.paths["/api/v1/activity"]?.get?.parameters ?? [];
    expect(parameters.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["acting", "agent_id", "run_id", "cursor", "limit", "everyone"]),
    );
    for (const name of ["from", "to"]) {
      expect(parameters.find((one) => one.name === name)?.schema).toMatchObject({ type: "string", format: "date-time" });
    }
  });
});
