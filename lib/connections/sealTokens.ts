import type { Core } from "../ctx";
import { places } from "./places";
import type { TokenAnswer } from "./tokenEndpoint";

export interface SealedTokens {
  readonly sealedAccess: string;
  /** Absent when the answer brought none: the stored one stays. */
  readonly sealedRefresh?: string;
}

/** A token answer as the connection's columns keep it. */
export function sealTokens(core: Pick<Core, "vault">, connectionId: string, answer: TokenAnswer): SealedTokens {
  const sealedAccess = core.vault.seal("passing", places.access(connectionId), answer.accessToken);
  if (!answer.refreshToken) return { sealedAccess };
  return { sealedAccess, sealedRefresh: core.vault.seal("lasting", places.refresh(connectionId), answer.refreshToken) };
}

/** When the access token of an answer ends; null when the SaaS gave it no end. */
export function expiryOf(answer: TokenAnswer, now: Date): Date | null {
  return answer.expiresInSeconds === null ? null : new Date(now.getTime() + answer.expiresInSeconds * 1000);
}
