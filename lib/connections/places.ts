import type { Place } from "../vault/vault";

/** Where the sealed columns of this noun live: the context that a sealed value is bound to. */
export const places = {
  refresh: (connectionId: string): Place => ({ table: "connections", row: connectionId, column: "sealed_refresh" }),
  access: (connectionId: string): Place => ({ table: "connections", row: connectionId, column: "sealed_access" }),
  verifier: (attemptId: string): Place => ({ table: "connect_attempts", row: attemptId, column: "sealed_verifier" }),
  lent: (lentTokenId: string): Place => ({ table: "lent_tokens", row: lentTokenId, column: "sealed_access" }),
};
