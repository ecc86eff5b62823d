import { createPrivateKey, type KeyObject } from "node:crypto";
import { SignJWT } from "jose";

/** GitHub's clock may be behind ours: a proof from its future is refused. */
const BACK_SECONDS = 60;
/** GitHub takes ten minutes at most, counted from its own clock. */
const LIFE_SECONDS = 9 * 60;

/** Proves a GitHub App by its own key: RS256, issued a minute ago, for nine minutes from now. */
export async function signAppJwt(appId: string, privateKeyPem: string, now: Date): Promise<string> {
  const at = Math.floor(now.getTime() / 1000);
  return new SignJWT({})
    .setProtectedHeader({ alg: "RS256" })
    .setIssuer(appId)
    .setIssuedAt(at - BACK_SECONDS)
    .setExpirationTime(at + LIFE_SECONDS)
    .sign(readKey(privateKeyPem));
}

/** Whether a text is a private RSA key of at least 2048 bits, in the form of GitHub (PKCS#1) or PKCS#8. */
export function isRsaKey(pem: string): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = readKey(pem);
    return asymmetricKeyType === "rsa" && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
  } catch {
    return false;
  }
}

/** The parser's own errors may quote what they read, so they end here. */
function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Error("The app's private key cannot be read.");
  }
}
