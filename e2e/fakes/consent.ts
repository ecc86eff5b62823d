/**
 * Says yes at Demo Tracker as this person, over HTTP like a browser without scripts would.
 *
 * Answers the callback address with its code, state and iss, not followed. Also when the SaaS sends the client an error
 * instead (`error` in the address). Throws an Error when it shows the person a refusal, or knows no such person.
 */
export async function consentAs(authorizeUrl: string | URL, login: string): Promise<URL> {
  return decide(authorizeUrl, { name: "login", value: login });
}

/** The same, saying no. The callback holds `error=access_denied`. */
export async function denyConsent(authorizeUrl: string | URL): Promise<URL> {
  return decide(authorizeUrl, { name: "deny", value: "1" });
}

interface Button {
  readonly name: string;
  readonly value: string;
}

async function decide(authorizeUrl: string | URL, button: Button): Promise<URL> {
  const shown = await fetch(authorizeUrl, { redirect: "manual" });
  const sentBack = shown.headers.get("location");
  if (sentBack !== null) return new URL(sentBack);
  const page = await shown.text();
  if (shown.status !== 200) throw new Error(`The consent page was refused: ${alertOf(page)}`);
  if (!page.includes(`name="${button.name}" value="${button.value}"`))
    throw new Error(`The consent page has no button for ${button.value}.`);
  return press(new URL(authorizeUrl), button);
}

async function press(url: URL, button: Button): Promise<URL> {
  const form = new URLSearchParams(url.search);
  form.set(button.name, button.value);
  const answer = await fetch(`${url.origin}${url.pathname}`, { method: "POST", body: form, redirect: "manual" });
  const location = answer.headers.get("location");
  if (location === null) throw new Error(`The consent was refused: ${alertOf(await answer.text())}`);
  return new URL(location);
}

function alertOf(page: string): string {
  return /role="alert">([^<]*)</.exec(page)?.[1] ?? "no reason was given";
}
