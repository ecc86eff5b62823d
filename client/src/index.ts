export { type Access, describeAccess, type LentAccess } from "./access.ts";
export { ValetError, ValetRefusal, ValetUnreachable } from "./errors.ts";
export type { Proof } from "./proof.ts";
export type { ValetOptions } from "./settings.ts";
export type { Lease, LeaseOptions } from "./tokens.ts";
export { Valet, type ValetFetchOptions } from "./valet.ts";
