import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { disconnectConnection } from "../connections/disconnect";
import { accountAccess } from "../connections/refresh";
import { removePerson, suspendPerson } from "../people/status";
import { accessToken, bearer, exchangeGrant, READ_CLIENT, type World, watchRows } from "../testing/builders";
import { boardWorld, lendOnBoard, setUpBoard } from "../testing/separate";
import { getGrant } from "./list";
import { revokeGrant } from "./revoke";
import { endSpentConsents } from "./sweep";

let here: World;
beforeAll(async () => {
  here = await boardWorld();
});
afterAll(() => here.close());
afterEach(() => here.saas.control.behave({ revocation: "token" }));

const record = (id: string) => here.core.db.connection.findUniqueOrThrow({ where: { id } });
const ENDED = { status: "disconnected", sealedRefresh: null, sealedAccess: null };
const asks = async (token: string) => (await fetch(`${here.saas.url}/api/issues`, { headers: bearer(token) })).status;

describe("a grant with a consent of its own, when it is revoked", () => {
  it("ends that consent at the SaaS, the agent's token with it, and leaves the account as it is", async () => {
    const lent = await lendOnBoard(here);
    const token = await accessToken(here.core, lent);
    expect(await asks(token)).toBe(200);
    const { result, left } = await watchRows(here.core, () => revokeGrant(lent.owner, lent));
    expect(result).toMatchObject({ separateConsent: "Access was ended at Demo Board too.", lentTokens: [{ state: "ended" }] });
    expect(left.map(({ event }) => event)).toEqual(["grant.revoke", "connection.disconnect", "lent_token.end", "connection.disconnect"]);
    expect(left.at(-1)).toMatchObject({ connectionId: lent.consentId, target: "Demo Board: ada (for one grant alone)", reason: "ended" });
    expect(await asks(token)).toBe(401);
    expect(await record(lent.consentId)).toMatchObject(ENDED);
    expect(await getGrant(lent.owner, lent)).toMatchObject({ state: "revoked", stateReason: "grant_revoked" });
    expect(await asks((await accountAccess(here.core, lent.connectionId)).accessToken)).toBe(200);
    expect((await revokeGrant(lent.owner, lent)).separateConsent).toBeNull();
  });

  it("says so where the SaaS cannot end it", async () => {
    const lent = await lendOnBoard(here);
    here.saas.control.behave({ revocation: "absent" });
    const { separateConsent } = await revokeGrant(lent.owner, lent);
    expect(separateConsent).toBe(
      "Demo Board did not confirm the end. Valet has erased its copy; also remove Valet in your account settings at Demo Board to end it there, which ends the account's own connection too.",
    );
    expect((await getGrant(lent.owner, lent)).separateConsent).toMatchObject({ status: "disconnected", note: separateConsent });
    expect(await record(lent.consentId)).toMatchObject(ENDED);
  });
});

describe("with its account or its person", () => {
  it("the consent ends when the account is disconnected, and counts among what ended", async () => {
    const lent = await lendOnBoard(here);
    const token = await accessToken(here.core, lent);
    const ended = await disconnectConnection(lent.owner, { connectionId: lent.connectionId });
    expect(ended).toMatchObject({ grantsEnded: 1, endedAtProvider: "ended", lentTokens: [{ state: "ended" }] });
    expect(await asks(token)).toBe(401);
    expect(await record(lent.consentId)).toMatchObject(ENDED);
    expect(await (await exchangeGrant(here.core, lent)).json()).toMatchObject({ error: "invalid_request" });
    expect(await getGrant(lent.owner, lent)).toMatchObject({ stateReason: "connection_disconnected" });
  });

  it("it ends when the person is suspended, while the account waits for their return", async () => {
    const lent = await lendOnBoard(here);
    const token = await accessToken(here.core, lent);
    await suspendPerson(here.admin, { personId: lent.owner.actor.personId });
    expect(await asks(token)).toBe(401);
    expect(await record(lent.consentId)).toMatchObject(ENDED);
    expect(await record(lent.connectionId)).toMatchObject({ status: "active" });
  });

  it("it ends when the person is removed", async () => {
    const lent = await lendOnBoard(here);
    const token = await accessToken(here.core, lent);
    await removePerson(here.admin, { personId: lent.owner.actor.personId });
    expect(await asks(token)).toBe(401);
    expect(await record(lent.consentId)).toMatchObject(ENDED);
    expect(await record(lent.connectionId)).toMatchObject(ENDED);
  });
});

describe("a sweep", () => {
  it("ends what has outlived its grant, once, in Valet's own hand, and nothing that still serves one", async () => {
    const [spent, serving] = [await lendOnBoard(here, { lifetime: "1h" }), await lendOnBoard(here, { lifetime: "7d" })];
    const token = await accessToken(here.core, spent);
    expect(await endSpentConsents(here.core)).toBe(0);
    here.core.clock.advance({ hours: 1, seconds: 1 });
    const { result, left } = await watchRows(here.core, () => endSpentConsents(here.core));
    expect(result).toBe(1);
    const ended = left.filter(({ event }) => event === "connection.disconnect");
    expect(ended).toMatchObject([
      { acting: "system", ownerId: spent.owner.actor.personId, connectionId: spent.consentId },
      { reason: "ended" },
    ]);
    expect(await asks(token)).toBe(401);
    expect(await record(spent.consentId)).toMatchObject(ENDED);
    expect(await getGrant(spent.owner, spent)).toMatchObject({ state: "ended" });
    expect(await record(serving.consentId)).toMatchObject({ status: "active" });
    expect(await record(spent.connectionId)).toMatchObject({ status: "active" });
    expect(await endSpentConsents(here.core)).toBe(0);
  });
});

describe("the client that only reads", () => {
  it("is the one that a separate consent for reading is given to, renewed by and ended by", async () => {
    await setUpBoard(here, { readClientId: READ_CLIENT.clientId, readClientSecret: READ_CLIENT.clientSecret });
    const lent = await lendOnBoard(here);
    expect(await getGrant(lent.owner, lent)).toMatchObject({ narrowedBy: "consent", separateConsent: { registration: "read_only" } });
    const before = here.saas.calls.length;
    const token = await accessToken(here.core, lent);
    expect(await asks(token)).toBe(200);
    await revokeGrant(lent.owner, lent);
    const clients = here.saas.calls.slice(before).filter(({ credential }) => credential === "client");
    expect(clients.length).toBeGreaterThan(1);
    expect(new Set(clients.map(({ clientId }) => clientId))).toEqual(new Set([READ_CLIENT.clientId]));
    expect(await asks(token)).toBe(401);
  });

  it("is not used for what writes, and a consent of it stops when it is taken away", async () => {
    const writing = await lendOnBoard(here, { scopes: ["issues:write"] });
    expect((await getGrant(writing.owner, writing)).separateConsent).toMatchObject({ registration: "main" });
    const reading = await lendOnBoard(here, { scopes: ["issues:read"] });
    await setUpBoard(here, { readClientId: "" });
    expect(await (await exchangeGrant(here.core, reading)).json()).not.toHaveProperty("access_token");
    expect((await revokeGrant(reading.owner, reading)).separateConsent).toMatch(/^Demo Board offers no way to end access from here/);
  });
});
