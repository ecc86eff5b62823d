import { describe, expect, it } from "vitest";
import { decideCall, type Verdict } from "../policy/decide";
import { readGraphql } from "../policy/graphql";
import { readPath } from "../policy/path";
import type { Connector } from "./connector";
import { NO_SUCH_ID, type Probe } from "./probes";
import { readsByPost } from "./readsByPost";
import { connectors } from "./registry";
import { findScope, heldScopes } from "./scopes";

const accessOf = (connector: Connector, probe: Probe) => findScope(connector, probe.scope)?.access;
const everything = (connector: Connector) =>
  heldScopes(
    connector,
    connector.scopes.map(({ name }) => name),
  );
const named = (probe: Probe) => `${probe.label}: ${probe.method} ${probe.path} (${probe.scope})`;

/** The decision of the gateway, on what it would read. */
function judge(connector: Connector, scopes: readonly string[], probe: Probe): Verdict {
  const { path, query } = readPath(probe.path);
  const speaksGraphql = probe.method === "POST" && connector.api.graphqlPath === path;
  const graphql = speaksGraphql ? { graphql: readGraphql(JSON.stringify(probe.json), "application/json", query) } : {};
  return decideCall(connector, scopes, { method: probe.method, path, ...graphql });
}

function isKnownReadByPost(connector: Connector, probe: Probe): boolean {
  const { path } = readPath(probe.path);
  if (connector.api.graphqlPath === path) return readGraphql(JSON.stringify(probe.json), "application/json").kind === "query";
  return readsByPost[connector.id]?.includes(path) ?? false;
}

describe.each(connectors.map((connector) => [connector.id, connector] as const))("the probes of %s", (_id, connector) => {
  const probes = connector.probes ?? [];
  const writes = probes.filter((probe) => accessOf(connector, probe) !== "read");
  const writeScopes = connector.scopes.filter(({ access }) => access !== "read").map(({ name }) => name);

  it("hold at least one read that is sent", () => {
    expect(probes.filter((probe) => probe.reach === "sent" && accessOf(connector, probe) === "read").length).toBeGreaterThan(0);
  });

  it("name each a scope that can be lent, and are told apart by their words", () => {
    for (const probe of probes) expect(everything(connector), named(probe)).toContain(probe.scope);
    const labels = probes.map(({ label }) => label);
    expect(new Set(labels).size).toBe(labels.length);
    for (const label of labels) expect(label).toMatch(/^[A-Z][a-z]+ .+[^.]$/);
  });

  it("are opened by their own scope, which is the smallest that does within itself", () => {
    for (const probe of probes)
      expect(judge(connector, [probe.scope], probe), named(probe)).toMatchObject({ verdict: "allow", scope: probe.scope });
  });

  it("are refused by the rules of a grant that only reads, where they do more", () => {
    const reading = everything(connector).filter((name) => findScope(connector, name)?.access === "read");
    for (const probe of writes) expect(judge(connector, reading, probe), named(probe)).toMatchObject({ verdict: "deny" });
  });

  it("try something of every scope that can write", () => {
    const untried = writeScopes.filter((name) => !writes.some((probe) => judge(connector, [name], probe).verdict === "allow"));
    expect(untried).toEqual([]);
  });

  it("send nothing that could have an effect: a read, or the deletion of what cannot exist", () => {
    for (const probe of probes.filter(({ reach }) => reach === "sent")) {
      const reads = accessOf(connector, probe) === "read" && (probe.method === "GET" || isKnownReadByPost(connector, probe));
      const deletesNothing =
        probe.method === "DELETE" && Object.values(NO_SUCH_ID).some((id) => probe.path.endsWith(`/${id}`)) && probe.json === undefined;
      expect(reads || deletesNothing, named(probe)).toBe(true);
    }
  });

  it("are written in the one spelling of a path", () => {
    for (const probe of probes) {
      const { path, query } = readPath(probe.path);
      expect(query ? `${path}?${query}` : path).toBe(probe.path);
    }
  });
});

it("Box, whose root folder has the id 0, is never sent a deletion", () => {
  const box = connectors.find(({ id }) => id === "box");
  expect(box?.probes?.filter(({ method, reach }) => method === "DELETE" && reach === "sent")).toEqual([]);
});
