import { z } from "zod";
import type { Core } from "../ctx";
import { REFUSAL_CODES } from "../errors";
import { snakeName } from "./names";
import { operations } from "./operations";
import type { Operation } from "./rest";

type Json = Record<string, unknown>;

/** The REST API as OpenAPI 3.1, made from the same table that answers it. */
export function openapiDocument(core: Pick<Core, "settings">): Json {
  return {
    openapi: "3.1.0",
    info: { title: "Valet", version: "1", description: "Lend agents a narrower key, and see whose hand it was in." },
    servers: [{ url: core.settings.publicUrl }],
    security: [{ person: [] }],
    components: {
      securitySchemes: { person: { type: "http", scheme: "bearer", description: "A person's own API token, vlt_pat_..." } },
      schemas: { Problem: PROBLEM, SmallestGrant: SMALLEST_GRANT },
    },
    paths: paths(),
  };
}

const PROBLEM = {
  type: "object",
  description: "RFC 9457 problem details.",
  required: ["type", "title", "status", "detail", "code", "reason"],
  properties: {
    type: { type: "string", format: "uri" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string", description: "A sentence that says what to do." },
    code: { type: "string", enum: [...REFUSAL_CODES] },
    reason: { type: "string", description: "The finer cause, for programs." },
    next: { type: "string" },
    fix: { type: "string", format: "uri", description: "A page of this Valet where a person can mend it. Opening it grants nothing." },
    rule: {
      type: "object",
      description: "At the gateway: the rule that refused. `methods` and `path` where it is a rule of the connector.",
      required: ["kind"],
      properties: { kind: { type: "string" }, methods: { type: "array", items: { type: "string" } }, path: { type: "string" } },
    },
    smallest_grant: {
      description: "To agents: the smallest grant that would have done; null where none would. Also beside the errors of /oauth/token.",
      oneOf: [{ $ref: "#/components/schemas/SmallestGrant" }, { type: "null" }],
    },
    request_id: { type: "string" },
  },
};

const SMALLEST_GRANT = {
  type: "object",
  required: ["scopes", "labels", "connection_id", "agent_id", "url"],
  properties: {
    scopes: { type: "array", items: { type: "string" } },
    labels: { type: "array", items: { type: "string" }, description: "The same in words, in the same order." },
    connection_id: { type: "string" },
    agent_id: { type: "string" },
    url: { type: "string", format: "uri", description: "The form for this grant, filled in. Its person still has to read and agree." },
  },
};

function paths(): Json {
  const all: Record<string, Json> = {};
  for (const one of operations) {
    const methods = all[one.path] ?? {};
    methods[one.method.toLowerCase()] = describe(one);
    all[one.path] = methods;
  }
  return all;
}

function describe(one: Operation): Json {
  const { properties, required } = inputSchema(one);
  const inPath = [...one.path.matchAll(/\{([a-z_]+)\}/g)].map((match) => match[1] as string);
  const others = Object.keys(properties).filter((name) => !inPath.includes(name));
  const byQuery = one.method === "GET" || one.method === "DELETE";
  const parameter = (name: string, place: "path" | "query") => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    schema: properties[name],
  });
  const parameters = [...inPath.map((name) => parameter(name, "path")), ...(byQuery ? others.map((name) => parameter(name, "query")) : [])];
  const schema = {
    type: "object",
    properties: Object.fromEntries(others.map((name) => [name, properties[name]])),
    required: required.filter((name) => others.includes(name)),
    additionalProperties: false,
  };
  return {
    operationId: one.id,
    summary: one.summary,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(!byQuery && others.length > 0 ? { requestBody: { required: true, content: { "application/json": { schema } } } } : {}),
    responses: {
      [one.status]: { description: one.answers, content: answered(one) },
      default: { description: "A refusal.", content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } } },
    },
  };
}

function answered({ media }: Operation): Json {
  return media ? Object.fromEntries(media.map((type) => [type, {}])) : { "application/json": { schema: { type: "object" } } };
}

/** The input's own names are spelled as JSON spells them; the words of JSON Schema stay as they are. */
function inputSchema(one: Operation): { properties: Record<string, unknown>; required: string[] } {
  const schema = z.toJSONSchema(one.input, { io: "input", unrepresentable: "any", override: spellInstants });
  const properties = Object.entries(schema.properties ?? {}).map(([name, property]) => [snakeName(name), spellNames(property)]);
  return { properties: Object.fromEntries(properties), required: (schema.required ?? []).map(snakeName) };
}

/** Names inside, at any depth, as JSON spells them. */
function spellNames(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(spellNames);
  if (typeof schema !== "object" || schema === null) return schema;
  const { properties, required, ...rest } = schema as { properties?: Json; required?: string[] } & Json;
  const inner = Object.entries(properties ?? {}).map(([name, property]) => [snakeName(name), spellNames(property)]);
  return {
    ...Object.fromEntries(Object.entries(rest).map(([keyword, value]) => [keyword, spellNames(value)])),
    ...(properties ? { properties: Object.fromEntries(inner) } : {}),
    ...(required ? { required: required.map(snakeName) } : {}),
  };
}

function spellInstants({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (zodSchema._zod.def.type === "date") Object.assign(jsonSchema, { type: "string", format: "date-time" });
}
