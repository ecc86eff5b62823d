import { type StrictApi, type StrictRoute, startStrictApi } from "../fakes/strictApi";
import { type DropinValet, startValet } from "./valet";

const CLIENT = { id: "github-client", secret: "github-secret" };

/** GitHub as strict as it is, and a Valet with an account there. */
export interface AtGitHub {
  readonly saas: StrictApi;
  readonly valet: DropinValet;
  close(): Promise<void>;
}

/** @param routes of its API, beside the one that says whose account it is. */
export async function startAtGitHub(routes: readonly StrictRoute[]): Promise<AtGitHub> {
  const saas = await startStrictApi({
    client: CLIENT,
    tokenPath: "/login/oauth/access_token",
    tokenAnswer: ({ accessToken, scope }) => ({ access_token: accessToken, scope: scope.replaceAll(" ", ","), token_type: "bearer" }),
    routes: [{ method: "GET", path: /^\/user$/, answer: () => ({ json: { id: 1, login: "marie" } }) }, ...routes],
  });
  const valet = await startValet(async () => ({
    connector: "github",
    connected: ["read:user", "repo"],
    client: CLIENT,
    hosts: { "github.com": saas.url, "api.github.com": saas.url },
    consent: async (authorizeUrl) => {
      const callback = await saas.consent(authorizeUrl);
      callback.searchParams.set("iss", "https://github.com/login/oauth");
      return callback;
    },
  }));
  return {
    saas,
    valet,
    async close() {
      await Promise.all([valet.close(), saas.close()]);
    },
  };
}
