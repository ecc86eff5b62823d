import { describe, expect, it } from "vitest";
import { matchPath, readPath } from "../policy/path";
import type { Connector, ConnectorScope, Rule } from "./connector";
import { readsByPost } from "./readsByPost";
import { connectors } from "./registry";
import { accessRank, findScope, heldScopes, withContained } from "./scopes";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

const names = ({ scopes }: Connector) => scopes.map((scope) => scope.name);
const rulesOf = ({ scopes }: Connector) => scopes.flatMap((scope) => scope.opens);
const rulesWithin = (connector: Connector, scope: ConnectorScope) =>
  withContained(connector, [scope.name]).flatMap((name) => findScope(connector, name)?.opens ?? []);
const sampleOf = (template: string) => template.replaceAll("**", "x/y").replaceAll("*", "x");

function touches(one: Rule, other: Rule): boolean {
  const method = one.methods.some((name) => other.methods.includes(name));
  return method && (matchPath(one.path, sampleOf(other.path)) || matchPath(other.path, sampleOf(one.path)));
}

function isRead(connector: Connector, rule: Rule): boolean {
  if (rule.graphql) return rule.graphql === "query";
  if (rule.rpc) return rule.rpc.every((name) => readsByPost[connector.id]?.includes(`${rule.path}#${name}`));
  return rule.methods.every((method) => method === "GET" || (method === "POST" && readsByPost[connector.id]?.includes(rule.path)));
}

function urlsOf({ oauth, revocation, account, api, docsUrl }: Connector): string[] {
  const hosts = (api.hosts ?? []).map((host) => host.origin);
  const maybe = [oauth.authorizeUrl, oauth.tokenUrl, oauth.issuer, revocation.url, account.url, api.baseUrl, docsUrl, ...hosts];
  return [...maybe, oauth.tokenRequest?.refreshUrl, api.perAccount?.url].filter((url) => typeof url === "string");
}

it("names every connector once, in the order of their ids", () => {
  const ids = connectors.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort());
});

describe.each(connectors.map((connector) => [connector.id, connector] as const))("%s", (_id, connector) => {
  it("names every scope once, in characters a scope may have, whatever spelling the SaaS uses", () => {
    const spellings = connector.scopes.flatMap(({ name, alsoKnownAs }) => [name, ...(alsoKnownAs ?? [])]);
    expect(new Set(spellings).size).toBe(spellings.length);
    for (const spelling of spellings) expect(spelling).toMatch(/^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/);
  });

  it("says in plain words, a verb first, what each scope is for", () => {
    const labels = connector.scopes.map(({ label }) => label);
    expect(new Set(labels).size).toBe(labels.length);
    for (const label of labels) expect(label).toMatch(/^[A-Z][a-z]+,? .+[^.]$/);
  });

  it("puts only known and no stronger scopes within a scope, and never in a circle", () => {
    for (const scope of connector.scopes) {
      expect(names(connector)).toEqual(expect.arrayContaining([...(scope.contains ?? []), ...(scope.inseparableFrom ?? [])]));
      const deeper = withContained(connector, scope.contains ?? []);
      expect(deeper).not.toContain(scope.name);
      for (const name of deeper) expect(accessRank(findScope(connector, name))).toBeLessThanOrEqual(accessRank(scope));
    }
  });

  it("calls inseparable only what is reached by the same requests", () => {
    for (const scope of connector.scopes) {
      for (const name of scope.inseparableFrom ?? []) {
        const wider = findScope(connector, name);
        expect(name).not.toBe(scope.name);
        const overlap =
          wider && rulesWithin(connector, scope).some((mine) => rulesWithin(connector, wider).some((other) => touches(mine, other)));
        expect(overlap, `${scope.name} and ${name}`).toBe(true);
      }
    }
  });

  it("names links in answers by pointers that the gateway looks at, at most four members deep", () => {
    for (const pointer of connector.api.bodyLinks ?? []) expect(pointer).toMatch(/^(\/[^/]{1,64}){1,4}$/);
  });

  it("asks for nothing but reads unless a person says so, and never for what the SaaS does not have", () => {
    for (const scope of connector.scopes.filter(({ preset }) => preset)) {
      expect(scope).toMatchObject({ access: "read" });
      expect(scope.virtual).not.toBe(true);
    }
    for (const scope of connector.scopes.filter(({ always }) => always)) expect(scope).toMatchObject({ preset: true });
    const asked = connector.scopes.filter(({ virtual, protocol }) => !virtual && !protocol);
    expect(asked.some(({ preset }) => preset)).toBe(asked.length > 0);
  });

  it("opens at least one request by every scope that can be lent, and none by a protocol scope", () => {
    for (const scope of connector.scopes) {
      if (scope.protocol) expect(scope).toMatchObject({ opens: [], access: "read" });
      else expect(rulesWithin(connector, scope).length).toBeGreaterThan(0);
    }
  });

  it("holds every virtual scope once all is granted", () => {
    const granted = connector.scopes.filter(({ virtual }) => !virtual).map(({ name }) => name);
    expect(heldScopes(connector, granted)).toEqual(connector.scopes.filter(({ protocol }) => !protocol).map(({ name }) => name));
  });

  it("opens by a read scope only what has no effect at the SaaS", () => {
    for (const scope of connector.scopes.filter(({ access }) => access === "read")) {
      expect(rulesWithin(connector, scope).filter((rule) => !isRead(connector, rule))).toEqual([]);
    }
  });

  it("writes its rules in the one spelling of a path, with methods it knows", () => {
    for (const { methods, path } of [...rulesOf(connector), ...connector.exceptions]) {
      expect(methods.length).toBeGreaterThan(0);
      expect(METHODS).toEqual(expect.arrayContaining([...methods]));
      expect(path.slice(0, -2)).not.toContain("**");
      expect(readPath(sampleOf(path)).path).toBe(sampleOf(path));
      expect(matchPath(path, sampleOf(path))).toBe(true);
    }
  });

  it("opens the GraphQL path only by what the document says, and nothing else by it", () => {
    for (const rule of rulesOf(connector)) {
      expect(matchPath(rule.path, connector.api.graphqlPath ?? "/none")).toBe(rule.graphql !== undefined);
      if (rule.graphql) expect(rule.methods).toEqual(["POST"]);
      if (rule.rootFields) expect(new Set(rule.rootFields).size).toBe(rule.rootFields.length);
    }
  });

  it("has no rule that an exception makes dead", () => {
    for (const rule of rulesOf(connector)) {
      const dead = connector.exceptions.filter(
        ({ methods, path }) => matchPath(path, sampleOf(rule.path)) && rule.methods.every((method) => methods.includes(method)),
      );
      expect(dead, rule.path).toEqual([]);
    }
  });

  it("opens nothing everywhere: no rule without a literal first segment", () => {
    for (const { path } of rulesOf(connector)) expect(path.split("/")[1]).toMatch(/^[^*]+$/);
  });

  it("lives at https, on hosts without credentials, queries or a slash at the end of the API's base", () => {
    for (const text of urlsOf(connector)) {
      const url = new URL(text.replace("{client_id}", "id").replaceAll("{tenant}", connector.tenant?.example ?? "{tenant}"));
      expect(url.protocol).toBe(connector.id.startsWith("demo") ? "http:" : "https:");
      expect([url.username, url.password, url.search, url.hash]).toEqual(["", "", "", ""]);
    }
    for (const base of [connector.api.baseUrl, ...(connector.api.hosts ?? []).map(({ origin }) => origin)]) expect(base).not.toMatch(/\/$/);
  });

  it("takes no tenant that could lead to another host than it looks", () => {
    if (!connector.tenant) return;
    const { example, pattern } = connector.tenant;
    expect(pattern.test(example)).toBe(true);
    const tails = ["/", ".", "/x", "?x", "#x", "@evil.example", ":8443", ".evil.example/", "\\evil", "%2f", " ", "\n", "\0", "{tenant}"];
    for (const tail of tails) expect(pattern.test(`${example}${tail}`), `tail ${tail}`).toBe(false);
    for (const head of ["", "evil.example/", "x@", "//", "\n"])
      expect(pattern.test(head === "" ? "" : `${head}${example}`), head).toBe(false);
    for (const address of ["127.0.0.1", "localhost:80", "[::1]", "169.254.169.254"]) expect(pattern.test(address), address).toBe(false);
  });

  it("believes an account's own API address only at the SaaS's hosts, over https", () => {
    const own = connector.api.perAccount;
    if (!own) return;
    const addresses = ["https://evil.example", "http://127.0.0.1", "https://169.254.169.254", `${connector.api.baseUrl}@evil.example`];
    for (const address of addresses) expect(own.allowed.test(address), address).toBe(false);
    for (const body of [null, undefined, "", [], {}, { instance_url: 7 }, [{}]]) expect(own.read(body)).toBeNull();
    expect([own.allowed.source.at(0), own.allowed.source.at(-1)]).toEqual(["^", "$"]);
    expect(own.allowed.flags).not.toContain("m");
  });

  it("says how a token is ended, and in a sentence what that does not end", () => {
    const { how, url, reach, note } = connector.revocation;
    expect(how === "none").toBe(url === null);
    expect(how === "none").toBe(reach === "none");
    expect(note).toMatch(/^[A-Z].+\.$/);
  });

  it("requires the issuer in the callback only where it knows one", () => {
    if (connector.oauth.issuerInCallback === "required") expect(connector.oauth.issuer).not.toBeNull();
  });

  it("knows no account in an answer that is not one", () => {
    for (const body of [null, undefined, "", [], {}, { id: "" }, { ok: false, error: "x" }, { data: null }, { data: { viewer: null } }])
      expect(connector.account.read(body)).toBeNull();
  });

  it("gives its exceptions and its unverified facts in sentences", () => {
    for (const text of [...connector.exceptions.map(({ why }) => why), ...connector.unverified, connector.summary])
      expect(text).toMatch(/^[A-Z].+\.$/);
  });
});
