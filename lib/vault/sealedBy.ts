import type { Vault } from "./vault";

/** Which key of the ring a value was sealed with. */
export function sealedBy(sealed: string): string {
  return sealed.split(".")[1] ?? "";
}

/** The key that this ring seals with. */
export function newestKey(vault: Vault): string {
  return sealedBy(vault.seal("passing", { table: "", row: "", column: "" }, ""));
}
