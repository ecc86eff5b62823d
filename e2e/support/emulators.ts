import { createEmulator, type SeedConfig, type ServiceName } from "emulate";
import { findFreePort } from "../../lib/database/port";
import { type Recorder, startRecorder } from "./recorder";

export type Emulated = "github" | "google" | "slack" | "linear" | "microsoft";

/** One emulated SaaS, with a record of every request that reached it. */
export interface Upstream {
  readonly recorder: Recorder;
  close(): Promise<void>;
}

/**
 * The account that tests choose. Never the first seeded one: an unknown token is taken for that one's, so only somebody
 * else's name in an answer proves that the right token arrived.
 */
export const CHOSEN = { login: "marie", name: "Marie Curie", email: "marie@company.test" };
const FIRST = { login: "anybody", name: "Anybody", email: "anybody@company.test" };
const SECOND = { login: "emmy", name: "Emmy Noether", email: "emmy@company.test" };
/** A second account at each SaaS. */
export const OTHER = SECOND;

export const REPOSITORY = { owner: CHOSEN.login, repo: "radium" };
/** What else is in that account. */
export const OTHER_REPOSITORIES = ["polonium", "thorium"];
export const clientOf = (connector: string) => ({ id: `${connector}-client`, secret: `${connector}-client-secret-4711` });

const EVERY_LINEAR_SCOPE = ["read", "write", "issues:create", "comments:create", "timeSchedule:write", "admin"];

/** What an emulator knows at its start: three people, our client, and something to read. */
function seedFor(service: Emulated, redirectUri: string): SeedConfig {
  const { id: client_id, secret: client_secret } = clientOf(service);
  const app = { client_id, client_secret, name: "Valet", redirect_uris: [redirectUri] };
  const people = [FIRST, CHOSEN, SECOND];
  const seeds: Record<Emulated, object> = {
    github: {
      users: people,
      repos: [REPOSITORY.repo, ...OTHER_REPOSITORIES].map((name) => {
        return { owner: CHOSEN.login, name, description: `Notes on ${name}`, auto_init: true };
      }),
      oauth_apps: [app],
    },
    google: {
      users: people.map(({ email, name }) => ({ email, name })),
      oauth_clients: [app],
      messages: [
        {
          id: "msg_1",
          user_email: CHOSEN.email,
          from: "pierre@company.test",
          to: CHOSEN.email,
          subject: "Polonium",
          body_text: "Named.",
          label_ids: ["INBOX"],
        },
      ],
    },
    slack: {
      team: { name: "Company", domain: "company" },
      users: people.map(({ login, name, email }) => ({ name: login, real_name: name, email })),
      channels: [{ name: "radium", topic: "Radium" }],
      oauth_apps: [
        { ...app, app_id: "A000000001", scopes: [], user_scopes: ["channels:read", "channels:history", "users:read", "chat:write"] },
      ],
      strict_scopes: true,
    },
    linear: {
      organization: { name: "Company", url_key: "company" },
      users: people.map(({ email, name }) => ({ email, name })),
      teams: [{ key: "RAD", name: "Radium", states: [{ name: "Todo", type: "unstarted" }] }],
      issues: [{ team: "RAD", title: "Weigh the pitchblende", state: "Todo", assignee: CHOSEN.email }],
      oauth_apps: [{ ...app, scopes: EVERY_LINEAR_SCOPE, actor: "user" }],
      strict_scopes: true,
    },
    microsoft: {
      users: people.map(({ email, name }) => ({ email, name })),
      oauth_clients: [app],
    },
  };
  return { [service]: seeds[service] } as SeedConfig;
}

/** Where an emulator's endpoints are: its paths differ from the real ones, see VALET_ENDPOINTS in the settings. */
export function endpointsOf(service: Emulated, base: string): Record<string, string> {
  switch (service) {
    case "github":
      return {
        authorizeUrl: `${base}/login/oauth/authorize`,
        tokenUrl: `${base}/login/oauth/access_token`,
        revokeUrl: `${base}/applications/{client_id}/token`,
        accountUrl: `${base}/user`,
        apiBaseUrl: base,
      };
    case "google":
      return {
        authorizeUrl: `${base}/o/oauth2/v2/auth`,
        tokenUrl: `${base}/oauth2/token`,
        revokeUrl: `${base}/oauth2/revoke`,
        accountUrl: `${base}/oauth2/v2/userinfo`,
        apiBaseUrl: base,
      };
    case "slack":
      return {
        authorizeUrl: `${base}/oauth/v2/authorize`,
        tokenUrl: `${base}/api/oauth.v2.access`,
        revokeUrl: `${base}/api/auth.revoke`,
        accountUrl: `${base}/api/auth.test`,
        apiBaseUrl: `${base}/api`,
      };
    case "linear":
      return {
        authorizeUrl: `${base}/oauth/authorize`,
        tokenUrl: `${base}/oauth/token`,
        revokeUrl: `${base}/oauth/revoke`,
        accountUrl: `${base}/graphql`,
        apiBaseUrl: base,
      };
    case "microsoft":
      return {
        authorizeUrl: `${base}/oauth2/v2.0/authorize`,
        tokenUrl: `${base}/oauth2/v2.0/token`,
        accountUrl: `${base}/oidc/userinfo`,
        apiBaseUrl: base,
      };
  }
}

export async function startEmulator(service: Emulated, valetUrl: string): Promise<Upstream> {
  const recorder = await startRecorder("127.0.0.1");
  const port = await findFreePort();
  const seed = seedFor(service, `${valetUrl}/connect/${service}/callback`);
  const emulator = await createEmulator({ service: service satisfies ServiceName, port, seed, baseUrl: recorder.url });
  recorder.attach(port);
  return {
    recorder,
    close: async () => {
      await emulator.close();
      await recorder.close();
    },
  };
}
