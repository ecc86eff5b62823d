import type { Core } from "../../lib/ctx";
import type { Place, Room } from "../../lib/vault/vault";
import { PASSWORD } from "./people";
import type { Exchange } from "./recorder";

/** What a secret looks like, wherever it comes from. */
const LOOKS: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["a sealed value", /\bv1\.e1\.[\w-]{16}\.[\w-]{20,}/],
  ["a token of Demo Tracker", /saas_(at|rt|code)_[\w-]{20,}/],
  ["a token of GitHub or Slack", /\b(gh[opsu]_|xox[abep]-)[\w-]{8,}/],
  ["a client secret", /\w+-client-secret-4711|sso-client-secret/],
  ["the key ring", /\be1:[\w-]{43}/],
  ["a password", new RegExp(PASSWORD)],
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY/],
  ["a signed token", /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/],
  ["a secret of Valet", /\bvlt_(agt|pat|inv|rt)_[0-9A-Za-z]{36}/],
];

/** Answers that exist to hand something over, and what. */
const HANDS_OVER: readonly (readonly [what: string, exchange: (exchange: Exchange) => boolean])[] = [
  ["a signed token", ({ target }) => target === "/oauth/token"],
  ["a token of Demo Tracker", ({ target }) => target === "/oauth/token"],
  // Shown once: in the answer to the action, or to the REST call, that made it.
  ["a secret of Valet", ({ method }) => method === "POST"],
  ["a secret of Valet", ({ target }) => /^\/(join|set-up)\/vlt_inv_\w+(\?_rsc(=[\w-]*)?)?$/.test(target)],
];

/** Where an address holds a secret because a standard says so: the code of a callback, an invitation's link. GitHub wants a manifest's so. */
const IN_ADDRESS = /^\/(connect\/[\w-]+\/callback\?|github-app\/callback\?|api\/auth\/callback\/|(join|set-up)\/vlt_inv_)/;

/** Every secret that was seen where none may be, as sentences. Never repeats the secret itself. */
export function findSecrets(exchanges: readonly Exchange[], canaries: readonly Canary[]): string[] {
  const shown = new Map<string, number>();
  return exchanges.flatMap((exchange) => [...inAddress(exchange), ...inAnswer(exchange, canaries), ...shownAgain(exchange, shown)]);
}

/** Secrets in what a server printed. A set-up link is printed on purpose. */
export function findPrinted(said: string, canaries: readonly Canary[]): string[] {
  const text = said.replace(/\/set-up\/vlt_inv_\w+/g, "");
  return [...looksIn(text), ...canariesIn(text, canaries)].map((what) => `${what} was printed`);
}

function inAddress({ method, target, requestHeaders }: Exchange): string[] {
  const referer = String(requestHeaders.referer ?? "");
  const places = [IN_ADDRESS.test(target) ? "" : target, IN_ADDRESS.test(pathOf(referer)) ? "" : referer];
  return looksIn(places.join(" ")).map((what) => `${what} in the address or referrer of ${method} ${pathOnly(target)}`);
}

function inAnswer(exchange: Exchange, canaries: readonly Canary[]): string[] {
  const { method, target, body, responseHeaders } = exchange;
  const text = `${body} ${responseHeaders.location ?? ""} ${responseHeaders["x-action-redirect"] ?? ""}`;
  const allowed = HANDS_OVER.filter(([, fits]) => fits(exchange)).map(([what]) => what);
  const found = looksIn(text).filter((what) => !allowed.includes(what));
  const known = target === "/oauth/token" ? canaries.filter(({ lent }) => !lent) : canaries;
  return [...found, ...canariesIn(text, known)].map((what) => `${what} in the answer to ${method} ${pathOnly(target)}`);
}

/** The same secret in a second answer. */
function shownAgain({ method, target, body }: Exchange, shown: Map<string, number>): string[] {
  if (/^\/(join|set-up)\//.test(target)) return [];
  const secrets = new Set(body.match(/\bvlt_(agt|pat|inv|rt)_[0-9A-Za-z]{36}/g));
  return [...secrets].flatMap((secret) => {
    const times = (shown.get(secret) ?? 0) + 1;
    shown.set(secret, times);
    return times > 1 ? [`a secret was shown a second time, in the answer to ${method} ${pathOnly(target)}`] : [];
  });
}

function looksIn(text: string): string[] {
  return LOOKS.filter(([, pattern]) => pattern.test(text)).map(([what]) => what);
}

/** A secret that this database holds right now. */
export interface Canary {
  readonly what: string;
  readonly value: string;
  /** Made to be handed to an agent. */
  readonly lent: boolean;
}

function canariesIn(text: string, canaries: readonly Canary[]): string[] {
  return canaries.filter(({ value }) => text.includes(value)).map(({ what }) => what);
}

/** Opens everything that is sealed, and lists it with what it is. */
export async function readCanaries(core: Core): Promise<Canary[]> {
  const [connections, lent, setups] = await Promise.all([
    core.db.connection.findMany({ select: { id: true, sealedAccess: true, sealedRefresh: true } }),
    core.db.lentToken.findMany({ select: { id: true, sealedAccess: true } }),
    core.db.connectorSetup.findMany({ select: { connector: true, sealedSecret: true, sealedReadSecret: true } }),
  ]);
  const open = (room: Room, place: Place, sealed: string | null) => (sealed ? [core.vault.open(room, place, sealed)] : []);
  return [
    ...connections.flatMap(({ id: row, sealedAccess, sealedRefresh }) => [
      ...open("passing", { table: "connections", row, column: "sealed_access" }, sealedAccess).map(canary("an account's access token")),
      ...open("lasting", { table: "connections", row, column: "sealed_refresh" }, sealedRefresh).map(canary("an account's refresh token")),
    ]),
    ...lent.flatMap(({ id: row, sealedAccess }) =>
      open("passing", { table: "lent_tokens", row, column: "sealed_access" }, sealedAccess).map((value) => ({
        what: "a lent token",
        value,
        lent: true,
      })),
    ),
    ...setups.flatMap(({ connector: row, sealedSecret, sealedReadSecret }) => [
      ...open("lasting", { table: "connector_setups", row, column: "sealed_secret" }, sealedSecret).map(canary("a client secret")),
      ...open("lasting", { table: "connector_setups", row, column: "sealed_read_secret" }, sealedReadSecret).map(canary("a client secret")),
    ]),
  ];
}

const canary = (what: string) => (value: string) => ({ what, value, lent: false });

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname + new URL(url).search : url;
}

function pathOnly(target: string): string {
  return (target.split("?")[0] ?? "").replace(/vlt_inv_\w+/, "...");
}
