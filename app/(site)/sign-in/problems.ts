/** What single sign-on may have come back with, by code. Closed: the address chooses a sentence, it never writes one. */
const SENTENCES: Record<string, string> = {
  AccessDenied: "You were not let in. Ask an admin of this Valet for an invitation.",
  email_domain: "Your e-mail's domain is not one that may join this Valet. Ask an admin for an invitation.",
  email_not_verified: "Your single sign-on does not say that your e-mail is verified. Ask whoever runs it to verify it.",
  email_taken: "Somebody here already has your e-mail. Sign in with your password, or ask an admin.",
  person_suspended: "Your account here is suspended. Ask an admin to let you back in.",
  person_removed: "Your account here was removed. Ask an admin to let you back in.",
  issuer_other: "That single sign-on is not the one of this Valet. Ask an admin.",
  ended: "Your session ended. Sign in again.",
  OAuthSignin: "Single sign-on could not be reached. Try again in a minute, or sign in with a password.",
  OAuthCallback: "Single sign-on did not confirm who you are. Try again; if it stays, tell an admin.",
};

const OTHER = "Single sign-on did not work. Try again; if it stays, tell an admin.";

export interface SignInProblem {
  /** To tell an admin. */
  readonly code: string;
  readonly sentence: string;
}

export function readProblem(code: string | string[] | undefined): SignInProblem | null {
  if (code === undefined) return null;
  const sentence = typeof code === "string" && Object.hasOwn(SENTENCES, code) ? SENTENCES[code] : undefined;
  return sentence ? { code: snake(String(code)), sentence } : { code: "sso_failed", sentence: OTHER };
}

/** next-auth spells its own in another way than we do. */
function snake(code: string): string {
  return code.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
}
