import { ask } from "../../client/src/ask.ts";
import { ValetRefusal } from "../../client/src/index.ts";
import type { Context } from "./context.ts";
import { EXIT, Failure } from "./failure.ts";
import { changeKept, type KeptPerson, readKept } from "./kept.ts";
import { CLI_CLIENT_ID, takeTokens } from "./tokens.ts";

/** A token is renewed when it has less than this to live. */
const MARGIN_MS = 60_000;

/** The REST API, for the person whose token this is. */
export interface PersonApi {
  readonly url: string;
  get<T>(path: string, query?: Readonly<Record<string, string | undefined>>): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
}

/** @throws Failure (3) when nobody is logged in. */
export async function asPerson(context: Context): Promise<PersonApi> {
  const url = await context.url();
  const send = async <T>(path: string, init: RequestInit): Promise<T> => {
    const headers = { ...(init.headers as Record<string, string>), authorization: `Bearer ${await personToken(context, url)}` };
    return (await ask({ url, fetch }, `/api/v1${path}`, { ...init, headers }).catch(toldToLogIn(url))) as T;
  };
  return {
    url,
    get: (path, query = {}) => send(withQuery(path, query), {}),
    post: (path, body = {}) => send(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  };
}

/** Whether there is a person to ask as: nothing is sent. */
export async function hasPerson(context: Context): Promise<boolean> {
  return Boolean(context.env.VALET_TOKEN || (await readKept(context.env, await context.url())).person);
}

/** `VALET_TOKEN`, or what `login` kept, renewed when it is near its end. */
async function personToken(context: Context, url: string): Promise<string> {
  if (context.env.VALET_TOKEN) return context.env.VALET_TOKEN;
  const { person } = await readKept(context.env, url);
  if (!person) throw new Failure(EXIT.interaction, `Nobody is logged in at ${url}.`, { next: "Run: valet login" });
  if (!isEnding(context, person)) return person.accessToken;
  // Inside the lock, because a refresh token works once: who waited finds the new one there.
  const kept = await changeKept(context.env, url, async (now) => {
    if (!now.person || !isEnding(context, now.person)) return now;
    return { ...now, person: await renew(context, url, now.person) };
  });
  return kept.person?.accessToken ?? person.accessToken;
}

function isEnding({ now }: Context, { expiresAt, refreshToken }: KeptPerson): boolean {
  return refreshToken !== undefined && expiresAt !== undefined && Date.parse(expiresAt) - MARGIN_MS <= now();
}

/** RFC 6749 section 6. */
async function renew(context: Context, url: string, { refreshToken = "" }: KeptPerson): Promise<KeptPerson> {
  const form = { grant_type: "refresh_token", refresh_token: refreshToken, client_id: CLI_CLIENT_ID };
  const renewed = await takeTokens(context, url, form).catch((error: unknown) => {
    if (!(error instanceof ValetRefusal) || error.status >= 500 || error.status === 429) throw error;
    throw new Failure(EXIT.interaction, "Your login has ended.", { next: "Run: valet login" });
  });
  return { refreshToken, ...renewed };
}

function toldToLogIn(url: string) {
  return (error: unknown): never => {
    if (error instanceof ValetRefusal && error.status === 401)
      throw new Failure(EXIT.interaction, `Your token does not open ${url}: it has ended, or was revoked.`, {
        next: "Run: valet login",
        code: error.code,
      });
    throw error;
  };
}

function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length > 0 ? `${path}?${new URLSearchParams(given)}` : path;
}
