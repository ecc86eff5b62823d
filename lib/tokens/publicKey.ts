import { createPublicKey, type KeyObject } from "node:crypto";
import { calculateJwkThumbprint, type JWK } from "jose";

/** Why a text cannot be an agent's key: what to tell the person who pasted it. */
export class KeyRefused extends Error {
  override readonly name = "KeyRefused";
  constructor(
    readonly reason: "private_key" | "key_unreadable" | "key_unsuitable",
    message: string,
  ) {
    super(message);
  }
}

/** A public key that can prove an agent. */
export interface AgentKey {
  /** Its public members alone, with `alg` and `kid` where they were given. */
  readonly publicJwk: JWK;
  /** RFC 7638, SHA-256. */
  readonly thumbprint: string;
  /** In words: "ES256", "RSA 2048". */
  readonly kind: string;
}

const TEXT_CHARACTERS_MAX = 8_000;
const RSA_BITS_MIN = 2048;
/** A longer one would make every proof dear. */
const RSA_BITS_MAX = 4096;
/** RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1, RFC 8037 section 2: what only the private half has. */
const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  ec: ["ES256"],
  ed25519: ["EdDSA", "Ed25519"],
  rsa: ["RS256", "PS256"],
};

const PRIVATE = new KeyRefused(
  "private_key",
  "This is a private key, and it was not kept. Paste the public half; make a new pair if this one went where others can read it.",
);
const UNREADABLE = new KeyRefused(
  "key_unreadable",
  "This is no key that can be read. Paste one public key: a JWK, or PEM that begins with BEGIN PUBLIC KEY.",
);

/**
 * Reads a pasted public key: a JWK (RFC 7517), or SPKI as PEM.
 *
 * @throws KeyRefused for anything with a private part, and for kinds other than P-256, Ed25519 and RSA of 2048 to 4096 bits.
 */
export async function readPublicKey(pasted: string): Promise<AgentKey> {
  const text = pasted.trim();
  if (/PRIVATE KEY/.test(text)) throw PRIVATE;
  if (text.length > TEXT_CHARACTERS_MAX) throw UNREADABLE;
  const given = /^[{[]/.test(text) ? readJwk(text) : null;
  const key = given ? keyOf({ key: given, format: "jwk" }) : keyOf(readPem(text));
  const publicJwk = { ...(key.export({ format: "jwk" }) as JWK), ...named(given, kindOf(key)) };
  return { publicJwk, thumbprint: await calculateJwkThumbprint(publicJwk), kind: wordsOf(key) };
}

function readJwk(text: string): JWK & Record<string, unknown> {
  const jwk = parse(text);
  if (PRIVATE_MEMBERS.some((member) => JSON.stringify(jwk).includes(`"${member}":`))) throw PRIVATE;
  if (Array.isArray(jwk) || Array.isArray(jwk.keys)) throw new KeyRefused("key_unreadable", "This is a set of keys. Paste one of them.");
  if (jwk.use !== undefined && jwk.use !== "sig")
    throw new KeyRefused("key_unsuitable", "This key is not for signing: its use is not sig.");
  return jwk as JWK & Record<string, unknown>;
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // told below: what was pasted is not repeated
  }
  throw UNREADABLE;
}

function readPem(text: string): string {
  if (!/^-----BEGIN PUBLIC KEY-----[\sA-Za-z0-9+/=]+-----END PUBLIC KEY-----$/.test(text)) throw UNREADABLE;
  return text;
}

/** The parser's own errors may quote what they read, so they end here. */
function keyOf(given: Parameters<typeof createPublicKey>[0]): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey(given);
  } catch {
    throw UNREADABLE;
  }
  if (!suits(key)) {
    throw new KeyRefused("key_unsuitable", "This kind of key is not taken. Use P-256 (ES256), Ed25519, or RSA of 2048 to 4096 bits.");
  }
  return key;
}

function suits({ asymmetricKeyType: type, asymmetricKeyDetails: details = {} }: KeyObject): boolean {
  if (type === "ed25519") return true;
  if (type === "ec") return details.namedCurve === "prime256v1";
  const bits = details.modulusLength ?? 0;
  return type === "rsa" && bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX && details.publicExponent === 65537n;
}

const kindOf = (key: KeyObject): string => key.asymmetricKeyType ?? "";

/** Its owner's name for it, and the one algorithm it is for, where the JWK says them. */
function named(given: JWK | null, kind: string): Pick<JWK, "kid" | "alg"> {
  if (given?.alg !== undefined && !ALGORITHMS[kind]?.includes(given.alg)) {
    throw new KeyRefused("key_unsuitable", "The alg of this key is not taken. Use ES256, Ed25519, RS256 or PS256, or leave alg out.");
  }
  const kid = typeof given?.kid === "string" && given.kid.length <= 200 ? { kid: given.kid } : {};
  return { ...kid, ...(given?.alg ? { alg: given.alg } : {}) };
}

function wordsOf(key: KeyObject): string {
  const words = { ec: "P-256", ed25519: "Ed25519" } as Record<string, string>;
  return words[kindOf(key)] ?? `RSA ${key.asymmetricKeyDetails?.modulusLength}`;
}
