import type { Use } from "../activity/use";

/** Puts into the row of its making where a token works and when it ends: a run's page tells it from there. */
export function noteToken(use: Use, audience: string, endsAt: Date): void {
  use.row.detail = { ...use.row.detail, token: { audience, ends_at: endsAt.toISOString() } };
}
