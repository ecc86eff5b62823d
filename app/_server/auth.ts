import "server-only";
import type { NextAuthOptions } from "next-auth";
import type { OAuthConfig } from "next-auth/providers/oauth";
import type { Core } from "@/lib/ctx";
import { isRefusal } from "@/lib/errors";
import { signInWithIdentity } from "@/lib/people/identify";
import type { OidcSettings } from "@/lib/settings";
import { SESSION_SECONDS, sessionCookie, sessionSecret } from "./session";

/** What of an ID token we look at (OpenID Connect Core section 5.1). */
interface OidcProfile {
  readonly iss?: string;
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
}

/**
 * next-auth carries single sign-on and the format of the session cookie. Passwords go through our own form, because
 * next-auth would put the refusal into the address.
 */
export function authOptions(core: Core): NextAuthOptions {
  process.env.NEXTAUTH_URL = core.settings.publicUrl;
  const { oidc } = core.settings;
  return {
    providers: oidc ? [oidcProvider(oidc)] : [],
    secret: sessionSecret(core),
    session: { strategy: "jwt", maxAge: SESSION_SECONDS },
    cookies: { sessionToken: sessionCookie(core) },
    useSecureCookies: core.settings.publicUrl.startsWith("https:"),
    pages: { signIn: "/sign-in", error: "/sign-in" },
    callbacks: {
      signIn: async ({ user, profile }) => signIn(core, user, profile as OidcProfile | undefined),
      jwt: async ({ token, user }) => (user ? (user as unknown as { claim: typeof token }).claim : token),
      session: async ({ session }) => ({ expires: session.expires }),
    },
    logger: {
      error: (code) => core.log.error("sign_in.failed", { code }),
      warn: (code) => core.log.warn("sign_in.warning", { code }),
      debug: () => {},
    },
  };
}

function oidcProvider(oidc: OidcSettings): OAuthConfig<OidcProfile> {
  return {
    id: "oidc",
    name: oidc.name,
    type: "oauth",
    issuer: oidc.issuer,
    wellKnown: `${oidc.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
    clientId: oidc.clientId,
    clientSecret: oidc.clientSecret,
    authorization: { params: { scope: "openid email profile" } },
    idToken: true,
    checks: ["pkce", "state", "nonce"],
    profile: (profile) => ({ id: profile.sub }),
  };
}

/** Lets the verb decide; a refusal comes back as its code alone, never as text in the address. */
async function signIn(core: Core, user: object, profile: OidcProfile | undefined): Promise<boolean | string> {
  const { oidc } = core.settings;
  if (!oidc || !profile) return false;
  try {
    const { personId, sessionVersion } = await signInWithIdentity(core, {
      issuer: oidc.issuer,
      subject: profile.sub,
      email: profile.email ?? "",
      emailVerified: profile.email_verified === true,
      name: profile.name ?? profile.email ?? "",
    });
    Object.assign(user, { claim: { personId, sessionVersion } });
    return true;
  } catch (error) {
    if (isRefusal(error)) return `/sign-in?error=${error.reason}`;
    throw new Error("SignInFailed");
  }
}
