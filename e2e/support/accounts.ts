import { beginConnection } from "../../lib/connections/begin";
import { completeConnection } from "../../lib/connections/complete";
import { randomText } from "../../lib/tokens/secret";
import { consentAs } from "../fakes/consent";
import { CHOSEN, type Emulated } from "./emulators";
import type { Entered } from "./people";

/** The scopes of Demo Tracker that tests connect with: reading and writing, so that there is something to hold back. */
export const DEMO_SCOPES = ["profile:read", "issues:read", "issues:write", "files:read"];

/** Connects an account at Demo Tracker without a browser. Answers the connection's id. */
export async function connectDemo(person: Entered, { login = "ada", scopes = DEMO_SCOPES, connector = "demo" } = {}): Promise<string> {
  return walk(person, connector, scopes, (authorizeUrl) => consentAs(authorizeUrl, login));
}

/** The same at an emulated SaaS, as the chosen account unless another is named. */
export function connectEmulated(
  person: Entered,
  connector: Emulated,
  scopes?: string[],
  account: { login: string; email: string } = CHOSEN,
): Promise<string> {
  return walk(person, connector, scopes, (authorizeUrl) => pickAccount(authorizeUrl, account));
}

async function walk(
  person: Entered,
  connector: string,
  scopes: string[] | undefined,
  consent: (authorizeUrl: string) => Promise<URL>,
): Promise<string> {
  const browserSecret = randomText();
  const { authorizeUrl } = await beginConnection(person.ctx, { connector, browserSecret, ...(scopes ? { scopes } : {}) });
  const callbackUrl = await consent(authorizeUrl);
  return (await completeConnection(person.ctx, { connector, callbackUrl, browserSecret })).connectionId;
}

/** Presses an account's button on an emulator's page, and answers where it sends the browser. */
export async function pickAccount(authorizeUrl: string, { login, email }: { login: string; email: string }): Promise<URL> {
  const page = await (await fetch(authorizeUrl)).text();
  const form = page.split("<form").find((part) => part.includes(`>${login}<`) || part.includes(`>${email}<`));
  if (!form) throw new Error(`The emulator offers no account called ${login}.`);
  const body = new URLSearchParams(
    [...form.matchAll(/name="([^"]*)" value="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, unescapeHtml(value)]),
  );
  const action = new URL(/action="([^"]*)"/.exec(form)?.[1] ?? "", authorizeUrl);
  const answer = await fetch(action, { method: "POST", body, redirect: "manual" });
  return new URL(answer.headers.get("location") ?? "");
}

function unescapeHtml(text: string): string {
  return text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
