import type { Core } from "../ctx";
import { ForeignRefused, peekForeign, verifyForeign } from "../tokens/foreignJwt";
import { asIssuer, type TrustedIssuer } from "./issuer";
import { withFreshKeys, withNewerKeys } from "./keys";
import { parseSpiffeId } from "./rules";

/** How a workload's token is shown: as what its platform makes, or as a JWT-SVID. */
export type WorkloadProofType = "jwt-bearer" | "jwt-spiffe";

/** Whose token it is, and what that issuer says of the workload. */
export interface Workload {
  readonly issuer: TrustedIssuer;
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * Verifies a workload's token by the keys of the issuer that an admin trusts. A JWT-SVID's trust domain is the one of its `sub`,
 * and its bundle alone is asked; any other token's issuer is its `iss`, byte for byte.
 *
 * @throws ForeignRefused with the fault, for the log alone.
 */
export async function verifyWorkload(core: Core, type: WorkloadProofType, assertion: string): Promise<Workload> {
  const issuer = await withFreshKeys(core, await findIssuer(core, type, assertion));
  try {
    return await verifyBy(core, issuer, assertion);
  } catch (error) {
    const newer = error instanceof ForeignRefused && error.fault === "key_unknown" ? await withNewerKeys(core, issuer) : null;
    if (!newer) throw error;
    return verifyBy(core, newer, assertion);
  }
}

/** A JWT-SVID is shown as one: the same token is not also taken by the looser rules of a platform. */
async function findIssuer(core: Core, type: WorkloadProofType, assertion: string): Promise<TrustedIssuer> {
  const said = peekForeign(assertion);
  const domain = type === "jwt-spiffe" ? parseSpiffeId(said.subject ?? "")?.trustDomain : undefined;
  const name = type === "jwt-spiffe" ? domain && `spiffe://${domain}` : said.issuer;
  const record = name ? await core.db.trustedIssuer.findUnique({ where: { issuer: name } }) : null;
  if (!record || record.disabledAt || (record.kind === "spiffe") !== (type === "jwt-spiffe")) throw new ForeignRefused("issuer");
  return asIssuer(record);
}

async function verifyBy(core: Core, issuer: TrustedIssuer, assertion: string): Promise<Workload> {
  const profile = issuer.kind === "spiffe" ? "spiffe" : "platform";
  const audiences = audiencesOf(core, issuer);
  const claims = await verifyForeign(assertion, { profile, keys: issuer.kept.keys, audiences, now: core.clock.now() });
  return { issuer, claims };
}

/** What a token must be made for. A JWT-SVID for our issuer and nothing else (draft-ietf-oauth-spiffe-client-auth). */
export function audiencesOf({ settings }: Pick<Core, "settings">, { kind, audience }: Pick<TrustedIssuer, "kind" | "audience">): string[] {
  const ours = settings.publicUrl;
  if (kind === "spiffe") return [ours];
  return audience ? [audience] : [ours, `${ours}/`, `${ours}/oauth/token`];
}
