import { z } from "zod";
import { change } from "../activity/change";
import type { PersonCtx } from "../ctx";
import { Refusal } from "../errors";
import { newId } from "../ids";
import { hashSecret, randomText } from "../tokens/secret";
import { appAttemptPlace, appAttemptWord } from "./appAttempt";
import { type AppManifest, appManifest } from "./appManifest";
import { localConnector } from "./client";

export const beginAppInput = z.strictObject({
  connector: z.string().min(1).max(40),
  /** GitHub's organization that is to own the app. Left out: the admin's own account there. */
  organization: z
    .string()
    .trim()
    .regex(/^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,37}[a-zA-Z0-9])?)?$/, "This is not the name of an organization at GitHub.")
    .optional(),
  /** How much agents can be lent at most: the app is asked for no more permissions. */
  access: z.enum(["read", "write"]).default("read"),
  /** What the browser keeps in a cookie: only the browser that began can finish. */
  browserSecret: z.string().min(32).max(200),
});

export interface AppForm {
  /** Where the browser posts `manifest` to, with the walk's `state` in the address as GitHub wants it. */
  readonly postUrl: string;
  readonly manifest: AppManifest;
}

const ATTEMPT_MINUTES = 10;

/**
 * Opens one walk to GitHub that makes a GitHub App for this Valet and brings its secrets back, so that nobody copies one. Admins
 * only; `state` is bound to this admin and this browser, and works once (as in RFC 9700 section 4.7).
 */
export async function beginApp(ctx: PersonCtx, input: z.input<typeof beginAppInput>): Promise<AppForm> {
  requireAdmin(ctx);
  const { connector: id, organization, access, browserSecret } = beginAppInput.parse(input);
  const connector = localConnector(ctx, id);
  const manifest = appManifest(connector, ctx.settings.publicUrl, access);
  await refuseReplacing(ctx, id, connector.name);
  const state = randomText();
  await change(ctx, "connector.begin_app", async (tx, row) => {
    const createdAt = ctx.clock.now();
    const attempt = newId("att", createdAt);
    row.target = connector.name;
    row.connector = id;
    row.detail = { permissions: manifest.default_permissions, organization: organization || null };
    await tx.connectAttempt.create({
      data: {
        id: attempt,
        stateHash: hashSecret(state),
        personId: ctx.actor.personId,
        browserHash: hashSecret(browserSecret),
        connector: appAttemptWord(id),
        scopes: [],
        // No code of this walk is redeemed with a verifier: there is none to keep.
        sealedVerifier: ctx.vault.seal("passing", appAttemptPlace(attempt), ""),
        createdAt,
        expiresAt: new Date(createdAt.getTime() + ATTEMPT_MINUTES * 60_000),
      },
    });
  });
  const owner = organization ? `/organizations/${organization}` : "";
  const postUrl = `${new URL(connector.oauth.authorizeUrl).origin}${owner}/settings/apps/new?state=${state}`;
  return { postUrl, manifest };
}

export function requireAdmin(ctx: PersonCtx): void {
  if (ctx.actor.role !== "admin") throw new Refusal("forbidden", "Only an admin can set up connectors. Ask one to do it.");
}

/** Another app would cut off every account that is connected by the present one. */
export async function refuseReplacing(ctx: PersonCtx, connector: string, name: string): Promise<void> {
  const connected = await ctx.db.connection.count({ where: { connector, status: { not: "disconnected" } } });
  if (connected === 0) return;
  throw new Refusal("conflict", `Accounts are connected by the present app of ${name}. Disconnect them before you make another.`, {
    reason: "app_in_use",
  });
}
