import { describe, expect, it } from "vitest";
import type { Connector } from "../connectors/connector";
import { decideCall } from "../policy/decide";
import type { GraphqlOperations } from "../policy/graphql";

/** method, path, what was lent, and the scope that opens it or the reason against it (with the smallest scope that would). */
export type CallRow = readonly [string, string, readonly string[], string, GraphqlOperations?];

export const query = (...rootFields: string[]): GraphqlOperations => ({ kind: "query", rootFields });
export const mutation = (...rootFields: string[]): GraphqlOperations => ({ kind: "mutation", rootFields });

function answer(connector: Connector, [method, path, granted, , graphql]: CallRow): string {
  const verdict = decideCall(connector, granted, { method, path, ...(graphql ? { graphql } : {}) });
  if (verdict.verdict !== "deny") return verdict.scope;
  return verdict.smallestScope ? `${verdict.reason}: ${verdict.smallestScope}` : verdict.reason;
}

/** One test per row: a real call, and what the gateway decides. */
export function callTable(connector: Connector, rows: readonly CallRow[]): void {
  describe(`calls at ${connector.name}`, () => {
    it.each(rows.map((row) => ({ method: row[0], path: row[1], granted: row[2].join(" "), expected: row[3], row })))(
      "$method $path with $granted: $expected",
      ({ row, expected }) => {
        expect(answer(connector, row)).toBe(expected);
      },
    );
  });
}
