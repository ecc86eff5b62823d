import { generateKeyPairSync } from "node:crypto";
import { LIKE } from "../../e2e/fakes/profile";
import { setUpConnector } from "../setups/setUp";
import { type World, type WorldOptions, world } from "./builders";

const APP_ID = 4711;
const issues = { clientId: "valet", permissions: { issues: "write", metadata: "read" } } as const;

/** Acme, an organization: Ada owns it, Linus and Grace may read. And Linus himself. */
export const INSTALLATIONS = [
  {
    ...issues,
    id: 71,
    account: { id: 501, login: "acme", type: "Organization" },
    repositories: ["acme/site", "acme/shop"],
    seenBy: ["ada", "linus", "grace"],
    owners: ["ada"],
  },
  {
    ...issues,
    id: 72,
    account: { id: 2, login: "linus", type: "User" },
    repositories: ["linus/notes"],
    seenBy: ["ada", "linus"],
    owners: [],
  },
] as const;

export const LIKE_GITHUB = {
  ...LIKE.githubApp,
  pkce: "optional",
  downscopeTells: "truth",
  refreshKillsDerived: false,
  revocation: "token",
} as const;

/** A world whose SaaS is a GitHub with an app of ours, of which Valet holds the key. */
export async function installationWorld(options: Pick<WorldOptions, "onFetch" | "issuer"> = {}): Promise<World> {
  const connector = "github-app-installation";
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const publicKey = String(pair.publicKey.export({ type: "spki", format: "pem" }));
  const apps = [{ id: APP_ID, slug: "valet", clientId: "valet", publicKey }];
  const paths = { accountUrl: "/user", revokeUrl: "/installation/token" };
  const here = await world({ ...options, connector, paths, profile: LIKE_GITHUB, saas: { apps, installations: INSTALLATIONS } });
  const privateKey = String(pair.privateKey.export({ type: "pkcs1", format: "pem" }));
  await setUpConnector(here.admin, { connector, clientId: "valet", app: { id: String(APP_ID), slug: "valet", privateKey } });
  return here;
}
