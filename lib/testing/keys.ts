import type { SigningKeys, SigningPair } from "../tokens/signer";

/** Keys that never change: the first signs, all are published. */
export function fixedKeys(current: SigningPair, ...others: readonly SigningPair[]): SigningKeys {
  const published = [current, ...others].map(({ publicJwk }) => publicJwk);
  return {
    current: async () => current,
    published: async () => published,
    reload: async () => undefined,
    lookAgain: async () => false,
  };
}
