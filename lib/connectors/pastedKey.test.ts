import { describe, expect, it } from "vitest";
import { isRefusal } from "../errors";
import { compileGrant } from "../policy/compile";
import { reachOf, takesPastedKey, withPastedKey } from "./pastedKey";
import { connectors } from "./registry";
import { heldScopes } from "./scopes";

it("a pasted key works wherever a token alone does: these are the others", () => {
  expect(connectors.filter((one) => !takesPastedKey(one)).map(({ id }) => id)).toEqual(["github-app-installation", "salesforce", "zoom"]);
});

describe.each(connectors.map((connector) => [connector.id, connector] as const))("of a pasted key at %s", (_id, known) => {
  const connector = withPastedKey(known);
  const providerScopes = connector.scopes.filter((scope) => !scope.virtual && !scope.protocol).map(({ name }) => name);
  const granted = reachOf(connector, { providerScopes, keyEndsAt: new Date() });

  it("nothing is lent but through the gateway, which nobody else stands behind", () => {
    for (const scopes of [...heldScopes(connector, providerScopes).map((name) => [name]), heldScopes(connector, providerScopes)]) {
      try {
        expect(compileGrant(connector, granted, scopes)).toMatchObject({
          narrowedBy: "gateway",
          delivery: "gateway",
          directPossible: false,
        });
      } catch (error) {
        expect(isRefusal(error) && error.reason).toBe("scope_not_enforceable");
      }
    }
  });

  it("nothing is lent alone that the key might do more by, whatever it is believed to have", () => {
    for (const { name } of connector.scopes.filter((scope) => (scope.inseparableFrom?.length ?? 0) > 0)) {
      const reach = reachOf(connector, { providerScopes: [name], keyEndsAt: new Date() });
      expect(() => compileGrant(connector, reach, [name])).toThrow("through the same requests");
    }
  });

  it("nothing is ended at the service", () => {
    expect(connector.revocation).toMatchObject({ how: "none", url: null, reach: "none" });
  });
});
