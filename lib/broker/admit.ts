import type { Use } from "../activity/use";
import { endLentTokens } from "../connections/lentTokens";
import type { Core } from "../ctx";
import { isRefusal } from "../errors";
import type { Authority } from "./authority";

/** Admits a use, or refuses it and ends at the SaaS what was made for it: somebody ended the grant while it was being made. */
export async function admitUse(core: Core, use: Use, authority: Authority): Promise<void> {
  try {
    await use.admit(authority.whyNot);
  } catch (error) {
    if (isRefusal(error) && authority.grantId) await endLentTokens(core, [authority.grantId]);
    throw error;
  }
}
