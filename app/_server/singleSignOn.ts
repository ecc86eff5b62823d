import "server-only";
import type { NextApiRequest, NextApiResponse } from "next";
import NextAuth from "next-auth";
import type { Core } from "@/lib/ctx";
import { authOptions } from "./auth";

/** What next-auth answered to one call. */
interface Answer {
  readonly location: string | undefined;
  readonly setCookies: readonly string[];
  readonly body: unknown;
}

/**
 * Starts single sign-on from a plain link. next-auth wants its own form with its own CSRF token; both are obtained here on
 * the server, so the page needs no script and no form ever posts towards another host.
 */
export async function startSingleSignOn(core: Core, callbackUrl: string): Promise<Response> {
  const csrf = await ask(core, { method: "GET", query: { nextauth: ["csrf"] }, cookies: {}, body: {} });
  const { csrfToken } = csrf.body as { csrfToken: string };
  const started = await ask(core, {
    method: "POST",
    query: { nextauth: ["signin", "oidc"] },
    cookies: readCookies(csrf.setCookies),
    body: { csrfToken, callbackUrl },
  });
  const response = new Response(null, { status: 302, headers: { location: started.location ?? "/sign-in?error=OAuthSignin" } });
  for (const cookie of [...csrf.setCookies, ...started.setCookies]) response.headers.append("set-cookie", cookie);
  return response;
}

type Call = Pick<NextApiRequest, "method" | "body"> & { query: { nextauth: string[] }; cookies: Record<string, string> };

/** One call of next-auth's handler without a round through HTTP. */
async function ask(core: Core, call: Call): Promise<Answer> {
  const headers = new Map<string, unknown>();
  let body: unknown;
  const response = {
    status: () => response,
    getHeader: (name: string) => headers.get(name.toLowerCase()),
    setHeader: (name: string, value: unknown) => headers.set(name.toLowerCase(), value),
    json: (value: unknown) => {
      body = value;
    },
    send: (value: unknown) => {
      body = value;
    },
    end: () => {},
  };
  await NextAuth({ ...call, headers: {} } as unknown as NextApiRequest, response as unknown as NextApiResponse, authOptions(core));
  const location = headers.get("location");
  return { location: typeof location === "string" ? location : undefined, setCookies: texts(headers.get("set-cookie")), body };
}

function texts(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === "string" ? [value] : [];
}

function readCookies(setCookies: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    setCookies.map((line) => {
      const [pair = ""] = line.split(";");
      const split = pair.indexOf("=");
      return [pair.slice(0, split), decodeURIComponent(pair.slice(split + 1))];
    }),
  );
}
