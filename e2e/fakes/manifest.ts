import { generateKeyPairSync } from "node:crypto";
import { answerJson, type Exchange, readForm, redirect, Stop } from "./http";
import type { State } from "./state";
import { newSecret } from "./tokens";

type Manifest = Readonly<Record<string, unknown>>;

/**
 * `POST /settings/apps/new` with `manifest`: the person's yes, as a press of GitHub's button. Sends the browser back to the
 * manifest's `redirect_url` with a code and the `state` of the address.
 */
export async function takeManifest(state: State, exchange: Exchange): Promise<void> {
  const form = await readForm(exchange);
  const manifest = JSON.parse(form.get("manifest") ?? "null") as Manifest | null;
  if (!manifest || typeof manifest.redirect_url !== "string" || typeof manifest.url !== "string")
    throw new Stop(422, { message: "Bad manifest" });
  const code = newSecret("code");
  state.manifests.set(code, manifest);
  const back = new URL(manifest.redirect_url);
  back.searchParams.set("code", code);
  const given = exchange.query.get("state");
  if (given !== null) back.searchParams.set("state", given);
  redirect(exchange, 303, back.href);
}

/** `POST /app-manifests/{code}/conversions`: once per code, the app with its secrets. 404 for any other code. */
export function convertManifest(state: State, exchange: Exchange): void {
  const code = /^\/app-manifests\/([^/]+)\/conversions$/.exec(exchange.path)?.[1] ?? "";
  const manifest = state.manifests.get(code);
  if (exchange.method !== "POST" || manifest === undefined) throw new Stop(404, { message: "Not Found" });
  state.manifests.delete(code);
  answerJson(exchange, 201, register(state, manifest));
}

/** PKCS#1, as GitHub gives its keys. */
function register(state: State, manifest: Manifest): Record<string, unknown> {
  const pair = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const id = 4000 + state.apps.length;
  const app = { id, slug: `app-${id}`, clientId: `Iv23.${id}`, publicKey: pair.publicKey };
  const clientSecret = newSecret("code");
  state.apps.push(app);
  state.clients.push({ clientId: app.clientId, clientSecret, redirectUris: (manifest.callback_urls ?? []) as string[] });
  const { slug, clientId: client_id } = app;
  const secrets = { client_id, client_secret: clientSecret, pem: pair.privateKey, webhook_secret: null };
  return { id, slug, name: manifest.name, html_url: `${state.base}/apps/${slug}`, permissions: manifest.default_permissions, ...secrets };
}
