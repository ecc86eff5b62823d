import type { SaasClient } from "../setups/client";

/** The form of RFC 6749 as this SaaS takes it: with members of its own, and as JSON where it reads no forms. */
export function spellTokenRequest(client: SaasClient, form: URLSearchParams): { body: string; contentType: string } {
  const { format, parameters = {} } = client.connector.oauth.tokenRequest ?? {};
  if (format === "json") return { body: JSON.stringify({ ...Object.fromEntries(form), ...parameters }), contentType: "application/json" };
  for (const [name, value] of Object.entries(parameters)) form.set(name, String(value));
  return { body: form.toString(), contentType: "application/x-www-form-urlencoded;charset=UTF-8" };
}

/** Brings the dialects into RFC 6749 form: a form instead of JSON, an error with status 200, members nested elsewhere. */
export async function normalizeTokenAnswer(client: SaasClient, response: Response): Promise<Response> {
  const body = parse(await response.text(), response.headers.get("content-type") ?? "");
  if (!body) return new Response("{}", { status: response.ok ? 502 : response.status });
  const error = errorOf(body);
  if (error) return json({ error }, Math.max(response.status, 400));
  const { id_token: _ignored, ...token } = client.connector.oauth.normalizeToken?.(body) ?? body;
  return json({ ...token, ...expiryIn(token), token_type: tokenType(token) }, response.status);
}

/**
 * An end that is none counts as not told: a rotated refresh token that came along must not be lost with it. Without an end a token
 * stays at the gateway.
 */
function expiryIn({ expires_in: told }: Record<string, unknown>): { expires_in: number | undefined } {
  const seconds = typeof told === "string" && told.trim() !== "" ? Number(told) : told;
  return { expires_in: typeof seconds === "number" && Number.isFinite(seconds) && seconds > 0 ? seconds : undefined };
}

/** Whatever SaaS call it, it is used as a bearer token; but for the kinds that need a proof with each call (RFC 9449). */
function tokenType({ token_type: told }: Record<string, unknown>): string {
  return typeof told === "string" && /^(dpop|mac|pop)$/i.test(told) ? "dpop" : "bearer";
}

function parse(text: string, contentType: string): Record<string, unknown> | null {
  if (contentType.includes("application/x-www-form-urlencoded")) return Object.fromEntries(new URLSearchParams(text));
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function errorOf(body: Record<string, unknown>): string | null {
  if (typeof body.error === "string" && body.error !== "") return cleanCode(body.error);
  return body.ok === false || body.error ? "unknown_error" : null;
}

/** An error code as it may be shown and logged: a code, whatever was sent. */
export function cleanCode(code: string): string {
  return code.replace(/[^a-zA-Z0-9_.-]/g, "_").slice(0, 60);
}

function json(body: unknown, status: number): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}
