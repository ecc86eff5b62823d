import { ValetError } from "./errors.ts";

/** How an agent proves who it is. */
export type Proof =
  /** Its secret, `vlt_agt_...`. */
  | { readonly kind: "secret"; readonly clientId: string; readonly clientSecret: string }
  /** A P-256 private key as PKCS 8 PEM, whose public half Valet knows: nothing that could be copied goes over the wire (RFC 7523). */
  | { readonly kind: "key"; readonly clientId: string; readonly privateKey: string | (() => Promise<string>) }
  /** The token that its platform gives it: Kubernetes, GitHub Actions, SPIFFE. */
  | { readonly kind: "workload"; readonly token: string | (() => Promise<string>); readonly clientId?: string };

const ASSERTION = "urn:ietf:params:oauth:client-assertion-type:";
const ASSERTION_SECONDS = 60;

/** The proof as the token endpoint and its siblings take it. */
export interface Proved {
  readonly headers: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
}

/** @param audience the issuer of this Valet, which alone may take the proof. */
export async function prove(proof: Proof, audience: string, now: number): Promise<Proved> {
  switch (proof.kind) {
    case "secret":
      return { headers: { authorization: `Basic ${btoa(`${encode(proof.clientId)}:${encode(proof.clientSecret)}`)}` }, form: {} };
    case "key":
      return asserted(await signAssertion(proof.clientId, await read(proof.privateKey), audience, now));
    case "workload": {
      const token = await read(proof.token);
      return asserted(token, proof.clientId, isSvid(token) ? "jwt-spiffe" : "jwt-bearer");
    }
  }
}

function asserted(assertion: string, clientId?: string, type = "jwt-bearer"): Proved {
  const form = { client_assertion_type: ASSERTION + type, client_assertion: assertion, ...(clientId ? { client_id: clientId } : {}) };
  return { headers: {}, form };
}

/** RFC 7523 section 3: by and about the agent, for this issuer alone, once, for a minute. */
async function signAssertion(clientId: string, pem: string, audience: string, now: number): Promise<string> {
  const issuedAt = Math.floor(now / 1000);
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: audience,
    jti: crypto.randomUUID(),
    iat: issuedAt,
    exp: issuedAt + ASSERTION_SECONDS,
  };
  const signed = `${encodeJson({ alg: "ES256", typ: "client-authentication+jwt" })}.${encodeJson(claims)}`;
  const key = await importKey(pem);
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, new TextEncoder().encode(signed));
  return `${signed}.${base64url(new Uint8Array(signature))}`;
}

async function importKey(pem: string): Promise<CryptoKey> {
  const body = /-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END PRIVATE KEY-----/.exec(pem)?.[1];
  try {
    const bytes = Uint8Array.from(atob((body ?? "").replace(/\s/g, "")), (character) => character.charCodeAt(0));
    return await crypto.subtle.importKey("pkcs8", bytes, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
  } catch {
    throw new ValetError("The private key is not a P-256 key as PKCS 8 PEM (-----BEGIN PRIVATE KEY-----).");
  }
}

/** A SPIFFE JWT-SVID says so in its subject. */
function isSvid(token: string): boolean {
  try {
    const payload = atob((token.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/"));
    return String((JSON.parse(payload) as { sub?: unknown }).sub).startsWith("spiffe://");
  } catch {
    return false;
  }
}

function read(source: string | (() => Promise<string>)): Promise<string> {
  return typeof source === "string" ? Promise.resolve(source) : source();
}

/** RFC 6749 section 2.3.1: both halves are form-encoded before they are joined. */
function encode(text: string): string {
  return new URLSearchParams({ x: text }).toString().slice(2);
}

function encodeJson(value: unknown): string {
  return base64url(new TextEncoder().encode(JSON.stringify(value)));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replaceAll("=", "");
}
