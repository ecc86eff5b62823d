import type { TestCore } from "./core";

/** What is in the newest token that was made for a grant and is still used: only a test may look. */
export async function lentTokenOf(core: TestCore, grantId: string): Promise<string> {
  const [token] = await core.db.lentToken.findMany({ where: { grantId, ending: null }, orderBy: { id: "desc" }, take: 1 });
  if (!token) throw new Error("No token was made for this grant.");
  return core.vault.open("passing", { table: "lent_tokens", row: token.id, column: "sealed_access" }, token.sealedAccess);
}
