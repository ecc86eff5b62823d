import { describe, expect, it } from "vitest";
import { globOf } from "../policy/named";
import { matchPath } from "../policy/path";
import type { ResourceKind } from "./beyondScopes";
import type { Connector } from "./connector";
import type { Listing } from "./listing";
import { readListing } from "./readListing";
import { connectors } from "./registry";
import { findScope, withContained } from "./scopes";

const kinds = connectors.flatMap((connector) =>
  (connector.resources ?? []).map((kind) => [`${connector.id} ${kind.id}`, connector, kind] as const),
);
const sampleOf = (template: string) => template.replaceAll("**", "x/y").replaceAll("*", "x");
const rulesOf = (connector: Connector, names: readonly string[]) => names.flatMap((name) => findScope(connector, name)?.opens ?? []);
const covers = (place: { path: string }, path: string) =>
  matchPath(globOf(place.path), sampleOf(path)) || matchPath(path, sampleOf(globOf(place.path)));

/** Governed scopes' calls that name nothing: lists and searches over everything. Each was looked at, and is refused with the bound. */
function unnamed(connector: Connector, kind: ResourceKind): string[] {
  const rules = rulesOf(connector, kind.governs).filter((rule) => !kind.named.some((place) => covers(place, rule.path)));
  return [...new Set(rules.map(({ path }) => path))];
}

describe.each(kinds)("%s", (_id, connector, kind) => {
  it("is spelt by one anchored pattern that takes its example and nothing with a way out of it", () => {
    expect(kind.id).toMatch(/^[a-z]+$/);
    expect(kind.label).toMatch(/^Only these [a-z].+[^.]$/);
    expect([kind.pattern.source.at(0), kind.pattern.source.at(-1), kind.pattern.flags]).toEqual(["^", "$", ""]);
    expect(kind.pattern.test(kind.example)).toBe(true);
    for (const tail of ["/", "/x", "/..", "?x", "#x", "*", "%2f", " ", "\n", ",x", "\0", ":x/y"])
      expect(kind.pattern.test(kind.example + tail), tail).toBe(false);
    for (const odd of ["", "*", "..", "../..", ".", "/", "**", "{}"]) expect(kind.pattern.test(odd), odd).toBe(false);
  });

  it("governs and leaves apart scopes that there are, none of them both", () => {
    const all = [...kind.governs, ...(kind.apart ?? [])];
    expect(new Set(all).size).toBe(all.length);
    for (const name of all) expect(findScope(connector, name), name).toMatchObject({ name });
  });

  it("holds every scope that is within a governed one, so that none is lent unheld", () => {
    for (const name of kind.governs)
      expect([...kind.governs, ...(kind.apart ?? [])], name).toEqual(
        expect.arrayContaining([...(findScope(connector, name)?.contains ?? [])]),
      );
  });

  it("leaves nothing apart that opens what a governed scope opens, or that names one", () => {
    for (const rule of rulesOf(connector, kind.apart ?? [])) {
      if (rule.graphql || rule.rpc) continue;
      const shared = rulesOf(connector, kind.governs).filter(
        (other) => !other.graphql && !other.rpc && matchPath(other.path, sampleOf(rule.path)),
      );
      expect(shared, rule.path).toEqual([]);
      expect(
        kind.named.filter((place) => matchPath(globOf(place.path), sampleOf(rule.path))),
        rule.path,
      ).toEqual([]);
    }
  });

  it("looks for names only where a governed scope opens something", () => {
    for (const place of [...kind.named, ...(kind.beyond ?? [])])
      expect(
        rulesOf(connector, kind.governs).some((rule) => covers(place, rule.path)),
        place.path,
      ).toBe(true);
  });

  it("leaves every governed scope something to do, or has it within another one", () => {
    for (const name of kind.governs) {
      const named = rulesOf(connector, [name]).filter((rule) => kind.named.some((place) => covers(place, rule.path)));
      const contains = findScope(connector, name)?.contains ?? [];
      const around = kind.governs.filter((other) => findScope(connector, other)?.contains?.includes(name));
      expect(named.length + contains.length + around.length, name).toBeGreaterThan(0);
    }
  });

  it("refuses these calls of its scopes, since they name none", () => {
    expect(unnamed(connector, kind)).toMatchSnapshot();
  });
});

const listed = kinds.flatMap(([name, connector, kind]) => (kind.listing ? [[name, connector, kind, kind.listing] as const] : []));

describe.each(listed)("the list of %s", (_id, connector, kind, listing) => {
  it("is a read that each of its scopes opens, and no exception shuts", () => {
    expect(listing.scopes.length).toBeGreaterThan(0);
    for (const name of listing.scopes) {
      const opens = rulesOf(connector, withContained(connector, [name]));
      expect(findScope(connector, name), name).toBeDefined();
      const found = opens.some((rule) => rule.methods.includes("GET") && !rule.graphql && !rule.rpc && matchPath(rule.path, listing.path));
      expect(found, name).toBe(true);
    }
    expect(connector.exceptions.filter(({ path, methods }) => methods.includes("GET") && matchPath(path, listing.path))).toEqual([]);
  });

  it("asks for sorts only by scopes that are enough for it", () => {
    expect(listing.scopes).toEqual(expect.arrayContaining(Object.keys(listing.byScope?.values ?? {})));
  });

  it("names the path alone, and sends nothing twice", () => {
    expect(listing.path).toMatch(/^(\/[\w.-]+)+$/);
    const own = [listing.next.parameter, ...(listing.byScope ? [listing.byScope.parameter] : [])];
    for (const name of own) expect(Object.keys(listing.query)).not.toContain(name);
    expect(own).not.toContain(listing.search?.parameter);
  });

  it("reads what its example would be named by, and leaves out what no bound could name", () => {
    const next = { body: listOf(listing, [{}]), link: null, cursor: null };
    expect(readListing({ ...kind, listing }, next)).toEqual({ resources: [], next: null });
    const item = itemNamed(listing, kind.example);
    expect(readListing({ ...kind, listing }, { ...next, body: listOf(listing, [item]) })?.resources).toMatchObject([{ id: kind.example }]);
    expect(readListing({ ...kind, listing }, { ...next, body: "<html>" })).toBeNull();
  });
});

it("lists these kinds, and leaves the others to be written", () => {
  const written = kinds.filter(([, , kind]) => !kind.listing).map(([name]) => name);
  expect(written).toEqual(["figma file", "google-cloud bucket"]);
});

/** An item whose id reads as this: the members of the template take its parts in turn. */
function itemNamed({ id }: Listing, name: string): object {
  const members = [...id.matchAll(/\{([^{}]+)\}/g)].map(([, member = ""]) => member);
  const parts = members.length === 1 ? [name] : name.split("/");
  return members.reduce((item, member, index) => put(item, member.split("."), parts[index]), {});
}

function listOf({ items }: Listing, list: readonly object[]): unknown {
  return items === "" ? list : put({}, items.split("."), list);
}

function put(into: object, [first = "", ...rest]: readonly string[], value: unknown): object {
  const inner = ((into as Record<string, unknown>)[first] ?? {}) as object;
  return { ...into, [first]: rest.length === 0 ? value : put(inner, rest, value) };
}

describe.each(connectors.filter(({ api }) => api.batches).map((connector) => [connector.id, connector] as const))(
  "batches of %s",
  (_id, connector) => {
    it("are opened by no rule as if they were one call, but for JSON-RPC by its methods", () => {
      for (const batch of connector.api.batches ?? []) {
        const over = rulesOf(
          connector,
          connector.scopes.map(({ name }) => name),
        ).filter((rule) => matchPath(rule.path, sampleOf(batch.path)));
        expect(
          over.every((rule) => batch.format === "jsonrpc" && rule.rpc !== undefined),
          batch.path,
        ).toBe(true);
        expect(batch.callsMax).toBeGreaterThan(0);
      }
    });
  },
);

it("opens a JSON-RPC method only at a path that is read as such", () => {
  for (const connector of connectors)
    for (const rule of rulesOf(
      connector,
      connector.scopes.map(({ name }) => name),
    ).filter((one) => one.rpc))
      expect(connector.api.batches?.some(({ path, format }) => path === rule.path && format === "jsonrpc")).toBe(true);
});
