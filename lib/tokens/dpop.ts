import { createHash } from "node:crypto";
import { calculateJwkThumbprint, decodeProtectedHeader, importJWK, type JWK, type JWTPayload, jwtVerify } from "jose";
import { Refusal } from "../errors";
import type { Once } from "../once";
import { freshNonce, judgeNonce, type NonceTools } from "./dpopNonce";
import { CLOCK_SKEW_SECONDS } from "./skew";

/** What a proof may be signed with: asymmetric, one kind of key each. `EdDSA` is the older name of `Ed25519` (RFC 9864). */
export const PROOF_ALGORITHMS = ["ES256", "Ed25519", "EdDSA", "PS256", "RS256"] as const;
type Algorithm = (typeof PROOF_ALGORITHMS)[number];

const FRESH_SECONDS = CLOCK_SKEW_SECONDS;
const PROOF_CHARACTERS_MAX = 4096;
const RSA_EXPONENT_CHARACTERS_MAX = 6;
const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
const PUBLIC_MEMBERS = ["kty", "crv", "x", "y", "n", "e"] as const;

export interface ProofTools extends NonceTools {
  readonly once: Once;
}

/** The request that a proof has to be for. */
export interface ProvenRequest {
  readonly method: string;
  /** Its address under our public origin, never as a Host header has it. A query is not looked at. */
  readonly url: string;
  /** The access token in the request, and the key that it is bound to. */
  readonly token?: { readonly text: string; readonly jkt: string | undefined };
}

/** A key that somebody holds. */
export interface KeyProof {
  /** Its RFC 7638 thumbprint. */
  readonly jkt: string;
  /** The nonce to use from now on, when the one of this proof is about to end. */
  readonly nextNonce: string | null;
}

/** A good proof, of which nobody has asked yet whether it was shown before. */
export interface UnspentProof extends KeyProof {
  /** Remembers it, for all processes. Refuses `invalid_dpop_proof` when it was shown before (RFC 9449 section 11.1). */
  spend(): Promise<void>;
}

/** The key that a request's `DPoP` header proves: `judgeProof`, and the proof is spent. */
export async function proveKey(core: ProofTools, header: string | null, request: ProvenRequest): Promise<KeyProof> {
  const { jkt, nextNonce, spend } = await judgeProof(core, header, request);
  await spend();
  return { jkt, nextNonce };
}

/**
 * All twelve checks of RFC 9449 section 4.3.
 *
 * Refuses `invalid_dpop_proof`, its `reason` naming the check, and `use_dpop_nonce` for a proof that is good but for our nonce.
 */
export async function judgeProof(core: ProofTools, header: string | null, request: ProvenRequest): Promise<UnspentProof> {
  const proof = oneProof(header);
  const { alg, jwk } = readHeader(proof);
  const key = await keyOf(alg, jwk);
  const claims = needClaims(await verifySignature(proof, alg, key.key, core.clock.now()));
  rememberKey(key);
  matchRequest(claims, request);
  matchTime(claims, core.clock.now());
  const { jkt } = key;
  if (request.token) matchToken(claims, jkt, request.token);
  const nextNonce = matchNonce(core, claims);
  return { jkt, nextNonce, spend: () => takeOnce(core, claims, jkt) };
}

/** RFC 7638, SHA-256. */
export function thumbprintOf(jwk: JWK): Promise<string> {
  return calculateJwkThumbprint(jwk, "sha256");
}

/** What `ath` has to be for an access token (RFC 9449 section 4.2). */
export function hashForProof(token: string): string {
  return createHash("sha256").update(token, "ascii").digest("base64url");
}

/** Check 1. Two headers arrive as one, with a comma between them that no JWT has. */
function oneProof(header: string | null): string {
  if (!header) throw bad("proof_missing", "Send one DPoP header with a proof for this request.");
  if (header.includes(",")) throw bad("proof_twice", "Send one DPoP header, with one proof in it.");
  if (header.length > PROOF_CHARACTERS_MAX) throw bad("proof_malformed", "The DPoP proof is too long to be one.");
  return header;
}

/** Checks 2, 4, 5 and 7: a JWT of the right kind, an algorithm of ours, and a public key. */
function readHeader(proof: string): { alg: Algorithm; jwk: JWK } {
  const { typ, alg, jwk, crit } = decodeHeader(proof);
  if (typeof typ !== "string" || typ.toLowerCase().replace(/^application\//, "") !== "dpop+jwt")
    throw bad("proof_typ", "The DPoP proof must have typ dpop+jwt.");
  const known = PROOF_ALGORITHMS.find((one) => one === alg);
  if (!known) throw bad("proof_alg", `Sign the DPoP proof with one of: ${PROOF_ALGORITHMS.join(" ")}.`);
  if (crit !== undefined) throw bad("proof_malformed", "The DPoP proof must not have crit.");
  return { alg: known, jwk: publicKey(jwk) };
}

function decodeHeader(proof: string): { typ?: unknown; alg?: unknown; jwk?: unknown; crit?: unknown } {
  try {
    return decodeProtectedHeader(proof);
  } catch {
    throw bad("proof_malformed", "The DPoP header is not a signed JWT.");
  }
}

function publicKey(given: unknown): JWK {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw bad("proof_key", "The DPoP proof must have its public key in jwk.");
  const members = given as Record<string, unknown>;
  if (PRIVATE_MEMBERS.some((name) => Object.hasOwn(members, name)))
    throw bad(
      "proof_key_private",
      "The jwk of the DPoP proof shows a private or shared key. Make a new key, and send its public part alone.",
    );
  // A long exponent makes verifying slow for us, and for nobody safer.
  if (typeof members.e === "string" && members.e.length > RSA_EXPONENT_CHARACTERS_MAX)
    throw bad("proof_key", "The jwk of the DPoP proof has an exponent that is not taken here. Use 65537.");
  return Object.fromEntries(PUBLIC_MEMBERS.filter((name) => typeof members[name] === "string").map((name) => [name, members[name]])) as JWK;
}

interface ProofKey {
  readonly name: string;
  readonly key: CryptoKey | Uint8Array;
  readonly jkt: string;
}

/** Public keys that signed a proof lately, by all that says which they are: an agent keeps its own, and reading one costs more than verifying by it. */
const known = new Map<string, ProofKey>();
const KEYS_MAX = 10_000;

async function keyOf(alg: Algorithm, jwk: JWK): Promise<ProofKey> {
  const name = JSON.stringify([alg, jwk]);
  return known.get(name) ?? { name, key: await importKey(alg, jwk), jkt: await thumbprintOf(jwk) };
}

/** One that signed nothing is not remembered: whoever has none could fill the memory with them. */
function rememberKey(key: ProofKey): void {
  known.delete(key.name);
  known.set(key.name, key);
  const [oldest] = known.size > KEYS_MAX ? known.keys() : [];
  if (oldest !== undefined) known.delete(oldest);
}

function importKey(alg: Algorithm, jwk: JWK): Promise<ProofKey["key"]> {
  return importJWK(jwk, alg).catch(() => Promise.reject(unsigned()));
}

/** Check 6. The key has to be one for the algorithm; RSA keys have 2,048 bits at least. */
async function verifySignature(proof: string, alg: Algorithm, key: ProofKey["key"], now: Date): Promise<JWTPayload> {
  try {
    return (await jwtVerify(proof, key, { algorithms: [alg], currentDate: now })).payload;
  } catch {
    throw unsigned();
  }
}

function unsigned(): Refusal {
  return bad("proof_signature", "The DPoP proof is not signed by the key in its jwk, or the key is not one for its alg.");
}

interface ProofClaims {
  readonly jti: string;
  readonly htm: string;
  readonly htu: string;
  readonly iat: number;
  readonly nonce?: unknown;
  readonly ath?: unknown;
}

/** Check 3. */
function needClaims(payload: JWTPayload): ProofClaims {
  const { jti, htm, htu, iat } = payload;
  if (typeof jti === "string" && jti !== "" && typeof htm === "string" && typeof htu === "string" && typeof iat === "number")
    return { ...payload, jti, htm, htu, iat };
  throw bad("proof_claims", "The DPoP proof must have jti, htm, htu and iat.");
}

/** Checks 8 and 9. */
function matchRequest({ htm, htu }: ProofClaims, { method, url }: ProvenRequest): void {
  if (htm !== method) throw bad("proof_htm", "The htm of the DPoP proof is not this request's method.");
  const [said, asked] = [plainAddress(htu), plainAddress(url.split("?", 1)[0] ?? "")];
  if (said === null || said !== asked)
    throw bad("proof_htu", "The htu of the DPoP proof is not this request's address under the public origin, without query and fragment.");
}

/** An address as RFC 3986 sections 6.2.2 and 6.2.3 make equal ones equal; null for one that no `htu` may be. */
function plainAddress(text: string): string | null {
  if (!URL.canParse(text) || /[?#]/.test(text)) return null;
  const { protocol, host, pathname, username, password } = new URL(text);
  if (username || password) return null;
  return `${protocol}//${host}${pathname.replace(/%[0-9a-f]{2}/gi, plainEscape)}`;
}

function plainEscape(percent: string): string {
  const character = String.fromCharCode(Number.parseInt(percent.slice(1), 16));
  return /[A-Za-z0-9._~-]/.test(character) ? character : percent.toUpperCase();
}

/** Check 11. */
function matchTime({ iat }: ProofClaims, now: Date): void {
  if (Math.abs(now.getTime() / 1000 - iat) <= FRESH_SECONDS) return;
  throw bad(
    "proof_iat",
    `The iat of the DPoP proof is more than ${FRESH_SECONDS} seconds away from now. Set the clock, and make a proof per request.`,
  );
}

/** Check 12. */
function matchToken({ ath }: ProofClaims, jkt: string, token: NonNullable<ProvenRequest["token"]>): void {
  if (ath !== hashForProof(token.text)) throw bad("proof_ath", "The ath of the DPoP proof is not the hash of this access token.");
  if (jkt !== token.jkt) throw bad("proof_other_key", "The DPoP proof is by another key than the one this access token is bound to.");
}

/** Check 10. */
function matchNonce(core: ProofTools, { nonce }: ProofClaims): string | null {
  const judged = judgeNonce(core, nonce);
  if (judged) return judged === "old" ? freshNonce(core) : null;
  const next = "Make a proof with the nonce in the DPoP-Nonce header, and send the request again.";
  if (nonce === undefined) throw new Refusal("use_dpop_nonce", "The DPoP proof needs a nonce of ours.", { reason: "nonce_missing", next });
  throw new Refusal("use_dpop_nonce", "The nonce of the DPoP proof is not one of ours, or too old.", { reason: "nonce_unknown", next });
}

/** Remembered past the time at which it would be refused for its age, by as much again for clocks that differ. */
async function takeOnce(core: ProofTools, { jti, htu, iat }: ProofClaims, jkt: string): Promise<void> {
  const shown = createHash("sha256")
    .update(JSON.stringify([jti, plainAddress(htu)]))
    .digest("base64url");
  const until = new Date((iat + 2 * FRESH_SECONDS) * 1000);
  if (await core.once.take("dpop", `${jkt} ${shown}`, until)) return;
  throw bad("proof_replayed", "This DPoP proof was shown before. Make a proof per request, each with its own jti.");
}

function bad(reason: string, message: string): Refusal {
  return new Refusal("invalid_dpop_proof", message, { reason });
}
