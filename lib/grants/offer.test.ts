import { afterAll, beforeAll, expect, it } from "vitest";
import { microsoft } from "../connectors/microsoft";
import type { PersonCtx } from "../ctx";
import { writingSide } from "../db";
import { newId } from "../ids";
import { person, type TestCore, testCore } from "../testing/core";
import { offerSeparately } from "./offer";

let core: TestCore;
let ada: PersonCtx;
beforeAll(async () => {
  core = await testCore();
  ada = await person(core);
});
afterAll(() => core.close());

async function connection(more: object = {}, owner = ada) {
  const id = newId("con", core.clock.now());
  const whose = { id, personId: owner.actor.personId, connector: "microsoft", accountId: "a1", accountName: "ada" };
  const data = { ...whose, providerScopes: ["Mail.ReadWrite"], connectedAt: core.clock.now(), ...more };
  return writingSide(core.db).prisma.connection.create({ data });
}

it("where consents through one client would merge, the client that only reads has room for one at a time, for each account", async () => {
  const parent = await connection();
  const account = { connection: parent, connector: microsoft, held: ["Mail.Read"], allowed: { ceiling: [], readRegistration: true } };
  const offered = async () => (await offerSeparately(ada, account, ["Mail.Read"]))?.registration ?? null;
  expect(await offered()).toBe("read_only");
  const beside = { parentId: parent.id, registration: "read_only" };
  await connection({ ...beside, accountId: "another" });
  await connection(beside, await person(core));
  await connection({ ...beside, status: "disconnected" });
  expect(await offered()).toBe("read_only");
  const taken = await connection(beside);
  expect(await offered()).toBeNull();
  await writingSide(core.db).prisma.connection.update({ where: { id: taken.id }, data: { status: "disconnected" } });
  expect(await offered()).toBe("read_only");
});
