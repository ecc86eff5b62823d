import type { Connector } from "../connectors/connector";
import { withPastedKey } from "../connectors/pastedKey";
import { findConnector, withOverrides } from "../connectors/registry";
import { withTenant } from "../connectors/tenant";
import type { Core } from "../ctx";
import { preparedRecord } from "../db";
import { Refusal } from "../errors";
import type { ConnectorSetup } from "../generated/prisma/client";
import type { Recall } from "../recall";
import { workedOut } from "../workedOut";

/** Which of our clients at a SaaS: the one people connect with, or the second one that is registered for reading only. */
export type Registration = "main" | "read_only";

/** Valet as it is known at one SaaS: the connector with this installation's endpoints, and our id there. */
export interface KnownClient {
  readonly connector: Connector;
  readonly clientId: string;
  /** The most that people may connect with, in the SaaS's scope names. Empty: whatever the connector knows. */
  readonly ceiling: readonly string[];
}

/** The same with our secret there: only where the refresher's verbs are done. */
export interface SaasClient extends KnownClient {
  readonly clientSecret: string;
}

/** The connector as this installation uses it, without its secret. Refuses `not_found` for an id nobody knows. */
export function localConnector(core: Pick<Core, "settings">, connectorId: string): Connector {
  const known = findConnector(connectorId);
  if (!known) throw new Refusal("not_found", "There is no such connector. See the list on the Connections page.");
  return workedOut(core.settings, `connector ${known.id}`, () => withOverrides(known, core.settings.endpoints[known.id] ?? {}));
}

/** The connector as one account sees it: with the API address that was learnt on connecting, if it has one of its own; of a shared key with less. */
export function accountConnector(
  core: Pick<Core, "settings">,
  account: { readonly connector: string; readonly apiBase: string | null; readonly keyEndsAt: Date | null },
): Connector {
  const whole = localConnector(core, account.connector);
  const connector = account.keyEndsAt ? withPastedKey(whole) : whole;
  return account.apiBase ? { ...connector, api: { ...connector.api, baseUrl: account.apiBase } } : connector;
}

/**
 * The client that a connection was made with, or will be. Refuses `not_found` when the connector is unknown, no admin has
 * switched it on (`connector_off`), or there is no such registration (`registration_missing`): another one is never taken instead.
 */
export async function loadSaasClient(core: Core, connectorId: string, registration: Registration = "main"): Promise<SaasClient> {
  return openClient(core, await loadSetup(core, connectorId), registration);
}

/** The same without its secret, in any process. */
export async function loadKnownClient(core: Core, connectorId: string, registration: Registration = "main"): Promise<KnownClient> {
  return knownClient(core, await loadSetup(core, connectorId), registration);
}

interface Switched {
  readonly enabled: boolean;
  readonly tenant: string | null;
  readonly main: boolean;
  readonly readOnly: boolean;
}

const SWITCHED = `select connector as key, enabled, tenant, sealed_secret is not null as main,
  read_client_id is not null and sealed_read_secret is not null as "readOnly", xmin::text as "v:connector_setups"
  from connector_setups where connector = any($1)`;

/** Refuses as `loadKnownClient` does, for whoever needs nothing of the client but that it is there. */
export async function requireKnownClient(core: Core, recall: Recall, connectorId: string, registration: Registration): Promise<void> {
  const known = localConnector(core, connectorId);
  const setup = await recall<Switched>("setup_switched", SWITCHED, known.id);
  if (!setup?.enabled || (known.tenant && !setup.tenant)) throw switchedOff(known);
  if (!(registration === "main" ? setup.main : setup.readOnly)) throw registrationMissing(known);
}

async function loadSetup(core: Core, connectorId: string): Promise<ConnectorSetup> {
  const known = localConnector(core, connectorId);
  const setup = await preparedRecord(core.db, "connector_setups", known.id);
  if (!setup?.enabled || (known.tenant && !setup.tenant)) throw switchedOff(known);
  return setup;
}

function switchedOff({ name }: Connector): Refusal {
  return new Refusal("not_found", `${name} is not switched on here. Ask an admin to set it up.`, { reason: "connector_off" });
}

function registrationMissing({ name }: Connector): Refusal {
  const message = `There is no read-only registration at ${name} any more. Ask an admin.`;
  return new Refusal("not_found", message, { reason: "registration_missing" });
}

/** The same, whether it is switched on or not: for testing a set-up before anybody can use it. */
export function openClient(core: Core, setup: ConnectorSetup, registration: Registration): SaasClient {
  const known = knownClient(core, setup, registration);
  const { sealedSecret, column } = keysOf(setup, registration);
  return { ...known, clientSecret: core.vault.open("lasting", secretPlace(setup.connector, column), sealedSecret ?? "") };
}

function knownClient(core: Core, setup: ConnectorSetup, registration: Registration): KnownClient {
  const connector = withTenant(localConnector(core, setup.connector), setup.tenant);
  const { clientId, sealedSecret } = keysOf(setup, registration);
  if (!clientId || !sealedSecret) throw registrationMissing(connector);
  return { connector, clientId, ceiling: setup.ceiling };
}

type SecretColumn = "sealed_secret" | "sealed_read_secret";

function keysOf(setup: ConnectorSetup, registration: Registration) {
  switch (registration) {
    case "main":
      return { clientId: setup.clientId, sealedSecret: setup.sealedSecret, column: "sealed_secret" } as const;
    case "read_only":
      return { clientId: setup.readClientId, sealedSecret: setup.sealedReadSecret, column: "sealed_read_secret" } as const;
  }
}

/** Where a client secret is kept: the context that its sealed value is bound to. */
export function secretPlace(connector: string, column: SecretColumn) {
  return { table: "connector_setups", row: connector, column };
}

/** What an admin allows at one connector, read now. */
export interface Allowed {
  readonly ceiling: readonly string[];
  /** Whether there is a second, read-only client. */
  readonly readRegistration: boolean;
}

export async function readAllowed(core: Pick<Core, "db">, connectorId: string): Promise<Allowed> {
  const select = { ceiling: true, readClientId: true } as const;
  const setup = await core.db.connectorSetup.findUnique({ where: { connector: connectorId }, select });
  return { ceiling: setup?.ceiling ?? [], readRegistration: Boolean(setup?.readClientId) };
}

/** The ceilings of all connectors that have one, by connector. */
export async function readCeilings(core: Pick<Core, "db">): Promise<ReadonlyMap<string, readonly string[]>> {
  const setups = await core.db.connectorSetup.findMany({ select: { connector: true, ceiling: true } });
  return new Map(setups.map(({ connector, ceiling }) => [connector, ceiling]));
}

/** The one redirect URI of a connector: a code for one SaaS can never be brought back as another's. */
export function redirectUri(core: Pick<Core, "settings">, connectorId: string): string {
  return `${core.settings.publicUrl}/connect/${connectorId}/callback`;
}
