import { describe, expect, it } from "vitest";
import { Refusal } from "../errors";
import { GRAPHQL_BYTES_MAX, readGraphql } from "./graphql";
import { countKeys } from "./jsonKeys";

const JSON_TYPE = "application/json";
const read = (query: string, more: Record<string, unknown> = {}) => readGraphql(JSON.stringify({ query, ...more }), JSON_TYPE);

function refusalOf(run: () => unknown): Refusal {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("It was not refused.");
}

describe("reading a GraphQL request", () => {
  it("tells a query, a mutation and a subscription apart", () => {
    expect(read("{ viewer { id } }")).toEqual({ kind: "query", rootFields: ["viewer"] });
    expect(read("query A { issues { nodes { id } } viewer { id } }")).toEqual({ kind: "query", rootFields: ["issues", "viewer"] });
    expect(read("mutation { issueCreate(input: {}) { success } }")).toEqual({ kind: "mutation", rootFields: ["issueCreate"] });
    expect(read("subscription { issues { id } }")).toEqual({ kind: "subscription", rootFields: ["issues"] });
  });

  it("sees the real field behind an alias, a fragment and a directive", () => {
    expect(read("mutation { viewer: issueDelete(id: 1) { success } }").rootFields).toEqual(["issueDelete"]);
    expect(
      read(
        "mutation { ...A } fragment A on Mutation { ...B commentCreate { id } } fragment B on Mutation { issueDelete(id: 1) { success } }",
      ).rootFields,
    ).toEqual(["commentCreate", "issueDelete"]);
    expect(read("mutation { ... on Mutation { ... { issueDelete(id: 1) { success } } } }").rootFields).toEqual(["issueDelete"]);
    expect(read("mutation ($no: Boolean = false) { issueDelete(id: 1) @include(if: $no) { success } }").rootFields).toEqual([
      "issueDelete",
    ]);
  });

  it("follows fragments that go in a circle once", () => {
    expect(read("{ ...A } fragment A on Query { a ...B } fragment B on Query { b ...A }").rootFields).toEqual(["a", "b"]);
  });

  it("counts every operation of a document, not only the one that is named", () => {
    expect(read("query A { a } query B { b }", { operationName: "A" })).toEqual({ kind: "query", rootFields: ["a", "b"] });
  });

  it("takes variables, extensions and a charset that says UTF-8", () => {
    const body = JSON.stringify({
      query: "{ a }",
      variables: { query: "mutation { b }" },
      operationName: null,
      extensions: { clientLibrary: {} },
    });
    for (const type of ["application/json", "Application/JSON; charset=utf-8", 'application/json;charset="UTF-8"'])
      expect(readGraphql(body, type, "trace=1")).toEqual({ kind: "query", rootFields: ["a"] });
  });

  it.each([
    ["a batch", JSON.stringify([{ query: "{ a }" }])],
    ["a text", '"{ a }"'],
    ["nothing", ""],
    ["no JSON", "{ a }"],
    ["a byte order mark", `\ufeff${JSON.stringify({ query: "{ a }" })}`],
    ["no document", "{}"],
    ["an empty document", '{"query":""}'],
    ["a document that is no text", '{"query":["{ a }"]}'],
    ["a document that does not parse", '{"query":"{ a "}'],
    ["a member twice", '{"query":"{ a }","query":"mutation { b }"}'],
    ["a member twice, once encoded", '{"query":"{ a }","qu\\u0065ry":"mutation { b }"}'],
    ["a member in another case", '{"query":"{ a }","Query":"mutation { b }"}'],
    ["a stored document", '{"query":"{ a }","extensions":{"persistedQuery":{"sha256Hash":"x"}}}'],
    ["a stored document by id", '{"query":"{ a }","documentId":"x"}'],
    ["an unknown member", '{"query":"{ a }","__proto__":{}}'],
    ["a query beside a mutation", '{"query":"query A { a } mutation B { b }","operationName":"A"}'],
    ["several operations and no name", '{"query":"query A { a } query B { b }"}'],
    ["a name that no operation has", '{"query":"query A { a }","operationName":"B"}'],
    ["a name that two operations have", '{"query":"query A { a } query A { b }","operationName":"A"}'],
    ["a name that is no text", '{"query":"query A { a }","operationName":["A"]}'],
    ["no operation at all", '{"query":"fragment A on B { c }"}'],
    ["definitions of types", '{"query":"type A { b: Int } query { a }"}'],
    ["a fragment that is not there", '{"query":"{ ...A }"}'],
    ["a fragment that is there twice", '{"query":"{ ...A } fragment A on Q { a } fragment A on Q { b }"}'],
    ["more tokens than can be judged", JSON.stringify({ query: `{ ${"a ".repeat(10_001)} }` })],
    ["more depth than can be judged", JSON.stringify({ query: `${"{a".repeat(41)}${"}".repeat(41)}` })],
    ["depth that would overflow a parser", JSON.stringify({ query: `${"{a".repeat(4_900)}${"}".repeat(4_900)}` })],
    ["deep lists in arguments", JSON.stringify({ query: `{ a(b: ${"[".repeat(9_900)}) }` })],
  ])("refuses %s", (_what, body) => {
    expect(refusalOf(() => readGraphql(body, JSON_TYPE))).toMatchObject({ code: "not_allowed", reason: "graphql_unreadable" });
  });

  it("refuses bodies that are not JSON in UTF-8", () => {
    for (const type of [
      null,
      "",
      "text/plain",
      "application/graphql",
      "multipart/form-data; boundary=x",
      "application/json; charset=utf-16",
      "application/json, text/plain",
    ])
      expect(refusalOf(() => readGraphql('{"query":"{ a }"}', type))).toMatchObject({ reason: "graphql_unreadable" });
  });

  it("refuses a second document in the address, where some servers look first", () => {
    for (const query of ["query=mutation{a}", "x=1&operationName=B", "qu%65ry=x", "id=1"])
      expect(refusalOf(() => readGraphql('{"query":"{ a }"}', JSON_TYPE, query))).toMatchObject({ reason: "graphql_unreadable" });
  });

  it("refuses more than 1 MB before it reads any of it", () => {
    const body = JSON.stringify({ query: "{ a }", variables: { text: "é".repeat(GRAPHQL_BYTES_MAX / 2) } });
    expect(refusalOf(() => readGraphql(body, JSON_TYPE))).toMatchObject({ code: "too_large", reason: "graphql_unreadable" });
  });

  it("reads almost 1 MB of variables in good time", () => {
    const body = JSON.stringify({ query: "{ a }", variables: { text: '\\"'.repeat(240_000) } });
    const begun = performance.now();
    expect(readGraphql(body, JSON_TYPE).rootFields).toEqual(["a"]);
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  it("repeats nothing of the document in its refusal", () => {
    expect(refusalOf(() => read("{ secretword ")).message).toBe(
      "Valet could not tell what this GraphQL request does, so it was not sent. It is not a valid GraphQL document, or too large to judge.",
    );
  });
});

describe("keys of a JSON text", () => {
  it("are counted in the outermost object alone, whatever their spelling", () => {
    expect([...countKeys('{"a":"x:{","b":[{"a":1}],"A":{"c":"\\"d\\":"},"\\u0061":2}')]).toEqual([
      ["a", 3],
      ["b", 1],
    ]);
    expect([...countKeys("[]")]).toEqual([]);
  });
});
