import "server-only";
import type { AppForm } from "@/lib/setups/beginApp";

/**
 * The page between Valet and GitHub: GitHub takes a manifest only as a form from the browser, and no other page of ours may post
 * to another host. So this one stands alone, without scripts, and its policy names that host and nothing else.
 */
export function manifestPage({ postUrl, manifest }: AppForm): Response {
  const permissions = Object.entries(manifest.default_permissions).map(
    ([name, level]) => `<li>${escapeHtml(name)}: ${escapeHtml(level)}</li>`,
  );
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Create the GitHub App</title><style>${STYLE}</style></head><body><main>
<h1>Create the GitHub App</h1>
<p>GitHub shows you the app “${escapeHtml(manifest.name)}” before it makes it. There you can change its name. It asks for:</p>
<ul>${permissions.join("")}</ul>
<form method="post" action="${escapeHtml(postUrl)}"><input type="hidden" name="manifest" value="${escapeHtml(JSON.stringify(manifest))}">
<button type="submit">Continue to GitHub</button> <a href="/admin/connectors">Cancel</a></form>
</main></body></html>`;
  // GitHub may ask which site a form comes from; the address of this page holds nothing that it should not see.
  const named = { "referrer-policy": "strict-origin", "content-type": "text/html; charset=utf-8" };
  return new Response(page, { headers: { ...bareHeaders(new URL(postUrl).origin), ...named } });
}

/** What every answer under /github-app carries: these addresses hold a state or a code, and are outside of the pages' own policy. */
export function bareHeaders(postsTo = "'none'"): Record<string, string> {
  const forms = postsTo === "'none'" ? postsTo : `'self' ${postsTo}`;
  return {
    "content-security-policy": `default-src 'none'; style-src 'unsafe-inline'; form-action ${forms}; frame-ancestors 'none'; base-uri 'none'`,
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  };
}

/** A form of this Valet's own page, by the browser's word: it says so with every POST, and no other page can make it lie. */
export function isOwnForm(request: Request, publicUrl: string): boolean {
  return request.headers.get("origin") === publicUrl;
}

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;margin:0;padding:2rem 1rem;color:#1c1917;background:#fff}main{max-width:34rem;margin:auto}
h1{font-size:1.25rem}button{font:inherit;padding:.5rem 1rem;border:0;border-radius:.4rem;background:#0f766e;color:#fff;cursor:pointer}
a{color:inherit;margin-left:.75rem}@media(prefers-color-scheme:dark){body{color:#f5f5f4;background:#1c1917}}`;

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
