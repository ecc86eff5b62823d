import { findPerson, type State } from "./state";
import { tokenState } from "./tokens";

/** A token as anybody may see it: everything but its value. */
export interface TokenView {
  readonly id: string;
  readonly kind: "access" | "refresh";
  readonly familyId: string;
  readonly login: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** null: never. */
  readonly expiresAt: string | null;
  readonly standing: "live" | "ended" | "expired";
  /** A newer refresh token took its place. */
  readonly isReplaced: boolean;
}

/** Every token in the order it was issued. */
export function accessViews(state: State): TokenView[] {
  return [...state.tokens.values()].map((token) => ({
    id: token.id,
    kind: token.kind,
    familyId: token.familyId,
    login: findPerson(state, { id: token.personId })?.login ?? "",
    clientId: token.clientId,
    scopes: token.scopes,
    expiresAt: token.expiresAtMs === null ? null : new Date(token.expiresAtMs).toISOString(),
    standing: tokenState(state, token),
    isReplaced: token.replacedAtMs !== null,
  }));
}
