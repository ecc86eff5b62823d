import { setTimeout as wait } from "node:timers/promises";
import { decodeJwt } from "jose";
import type { House, Lent } from "./house";

/** What a crowd of agents was told, while something happened. */
export interface Told {
  /** Ids of the tokens that arrived. */
  readonly tokens: readonly string[];
  /** Ids of the calls that were answered. */
  readonly calls: readonly string[];
  /** How often what else was answered: an HTTP status, or `gone` where there was no answer. */
  readonly otherwise: ReadonlyMap<string, number>;
}

const CALLERS = 16;
const TRY_AGAIN_MS = 50;

/** Asks until it is so. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await wait(TRY_AGAIN_MS);
}

/** Agents that fetch a token and call with it, over and over, until they are told to end. */
export class Load {
  readonly #tokens: string[] = [];
  readonly #calls: string[] = [];
  readonly #otherwise = new Map<string, number>();
  readonly #callers: Promise<void>[];
  #ended = false;
  #awaited: { readonly count: number; resolve(): void } | null = null;

  constructor(
    private readonly house: House,
    private readonly lent: Lent,
  ) {
    this.#callers = Array.from({ length: CALLERS }, () => this.#work());
  }

  /** As soon as so many more tokens have arrived. */
  arrived(more: number): Promise<void> {
    return new Promise((resolve) => {
      this.#awaited = { count: this.#tokens.length + more, resolve };
    });
  }

  async end(): Promise<Told> {
    this.#ended = true;
    await Promise.all(this.#callers);
    return { tokens: this.#tokens, calls: this.#calls, otherwise: this.#otherwise };
  }

  async #work(): Promise<void> {
    while (!this.#ended) {
      const answer = await exchange(this.house, this.lent);
      const { access_token: token } = answer?.status === 200 ? ((await answer.json()) as { access_token: string }) : {};
      if (!token) {
        await this.#note(answer);
        continue;
      }
      this.#tokens.push(decodeJwt(token).jti as string);
      if (this.#awaited && this.#tokens.length >= this.#awaited.count) this.#awaited.resolve();
      const called = await call(this.house, token);
      const useId = called?.status === 200 ? called.headers.get("valet-use-id") : null;
      if (useId) this.#calls.push(useId);
      else await this.#note(called);
    }
  }

  /** As any agent would, it tries again a little later. */
  async #note(answer: Response | null): Promise<void> {
    const what = answer ? String(answer.status) : "gone";
    this.#otherwise.set(what, (this.#otherwise.get(what) ?? 0) + 1);
    await wait(TRY_AGAIN_MS);
  }
}

/** Null where nobody answers, or the answer breaks off. */
export async function exchange({ url }: House, { clientId, clientSecret, grantId }: Lent): Promise<Response | null> {
  const body = new URLSearchParams({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: grantId,
    subject_token_type: "urn:valet:params:oauth:token-type:grant",
    client_id: clientId,
    client_secret: clientSecret,
  });
  return whole(fetch(`${url}/oauth/token`, { method: "POST", body }));
}

export function call({ url }: House, token: string): Promise<Response | null> {
  return whole(fetch(`${url}/proxy/demo/api/issues`, { headers: { authorization: `Bearer ${token}` } }));
}

async function whole(asked: Promise<Response>): Promise<Response | null> {
  try {
    const { status, headers, ...answer } = await asked.then(async (one) => ({
      status: one.status,
      headers: one.headers,
      text: await one.text(),
    }));
    return new Response(answer.text || null, { status, headers });
  } catch {
    return null;
  }
}
