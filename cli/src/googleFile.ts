/** Where Google's libraries find what they exchange. */
export type Source = { readonly file: string } | { readonly url: string; readonly format: { readonly type: "text" } };

/**
 * An `external_account` file as Google's libraries read it (google.aip.dev/auth/4117): they send what `source` holds, a grant's
 * id, to `tokenUrl`.
 */
export function googleFile(tokenUrl: string, source: Source, client?: { readonly clientId: string; readonly clientSecret: string }) {
  return {
    type: "external_account",
    audience: "google",
    subject_token_type: "urn:valet:params:oauth:token-type:grant",
    token_url: tokenUrl,
    ...(client ? { client_id: client.clientId, client_secret: client.clientSecret } : {}),
    credential_source: source,
  };
}
