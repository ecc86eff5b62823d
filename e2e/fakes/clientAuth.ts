import { type Exchange, Stop } from "./http";
import type { Client, State } from "./state";

/**
 * Proves the client by Basic or by the body, never by both. RFC 6749 section 2.3.1: in Basic, id and secret are
 * form-encoded before they are joined, so a client that forgets it fails here as soon as its secret holds a `%` or `+`.
 *
 * Throws `Stop`: `invalid_client` 401, or `invalid_request` 400 when both ways are used.
 */
export function authenticateClient(state: State, exchange: Exchange, form: URLSearchParams): Client {
  const header = exchange.request.headers.authorization;
  if (header !== undefined && form.has("client_secret"))
    throw new Stop(400, { error: "invalid_request", error_description: "Authenticate the client in one way only." });
  const claimed = header === undefined ? fromBody(form) : fromBasic(header);
  if (form.has("client_id") && form.get("client_id") !== claimed.clientId) throw invalidClient();
  const client = state.clients.find((one) => one.clientId === claimed.clientId);
  if (client === undefined || client.clientSecret !== claimed.clientSecret) throw invalidClient();
  exchange.call.credential = "client";
  exchange.call.clientId = client.clientId;
  return client;
}

interface Claimed {
  readonly clientId: string;
  readonly clientSecret: string;
}

function fromBody(form: URLSearchParams): Claimed {
  const clientId = form.get("client_id");
  const clientSecret = form.get("client_secret");
  if (clientId === null || clientSecret === null) throw invalidClient();
  return { clientId, clientSecret };
}

function fromBasic(header: string): Claimed {
  const encoded = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(header)?.[1];
  if (encoded === undefined) throw invalidClient();
  const joined = Buffer.from(encoded, "base64").toString("utf8");
  const colon = joined.indexOf(":");
  if (colon < 0) throw invalidClient();
  return { clientId: formDecode(joined.slice(0, colon)), clientSecret: formDecode(joined.slice(colon + 1)) };
}

function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw invalidClient();
  }
}

function invalidClient(): Stop {
  const body = { error: "invalid_client", error_description: "The client could not be proved." };
  return new Stop(401, body, { "www-authenticate": 'Basic realm="Demo Tracker"' });
}
