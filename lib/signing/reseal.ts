import { touch } from "../activity/change";
import type { Core } from "../ctx";
import { place, readPublished } from "./record";

/**
 * Signing keys were once sealed with the key to all that lasts, which the process that signs is not given. Whoever holds both seals them anew,
 * at its start.
 */
export async function resealSigningKeys(core: Core): Promise<void> {
  for (const { kid, sealedPrivate } of await readPublished(core.db)) {
    const secret = openAsBefore(core, kid, sealedPrivate);
    if (secret === null) continue;
    const resealed = core.vault.seal("signing", place(kid), secret);
    await touch(core, (tx) => tx.signingKey.updateMany({ where: { kid, sealedPrivate }, data: { sealedPrivate: resealed } }));
  }
}

/** Null where it is sealed as it should be. */
function openAsBefore(core: Core, kid: string, sealedPrivate: string): string | null {
  try {
    return core.vault.open("lasting", place(kid), sealedPrivate);
  } catch {
    return null;
  }
}
