import { hkdfSync } from "node:crypto";
import { existsSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createVault } from "../../lib/vault/vault";
import { CLIENT, House, type Lent } from "./house";
import { call, exchange } from "./load";
import { foundIn, spellings } from "./memory";

let house: House;
let lent: Lent;
beforeAll(async () => {
  house = await House.open();
  lent = await house.lend();
  await house.startValet();
});
afterAll(() => house.close());

async function refreshToken(): Promise<string> {
  const [row] = await house.ask<{ sealed_refresh: string }>("select sealed_refresh from connections where id = $1", [lent.connectionId]);
  const at = { table: "connections", row: lent.connectionId, column: "sealed_refresh" };
  return createVault(house.ring).open("lasting", at, row?.sealed_refresh ?? "");
}

/** An agent's call, for which the account's access has to be renewed first. */
async function useAnew(): Promise<number | undefined> {
  await house.ask("update connections set access_expires_at = now() where id = $1", [lent.connectionId]);
  await house.ask("update lent_tokens set ending = 'left_behind' where connection_id = $1", [lent.connectionId]);
  const answer = await exchange(house, lent);
  const { access_token: token } = answer ? ((await answer.json()) as { access_token: string }) : { access_token: "" };
  return (await call(house, token))?.status;
}

it.skipIf(!existsSync("/proc/self/mem"))(
  "the web process holds no key that opens a refresh token or a client secret, nor one of those: not in its environment, not in its memory",
  async () => {
    const before = await refreshToken();
    for (let times = 0; times < 3; times += 1) expect(await useAnew()).toBe(200);
    const after = await refreshToken();
    expect(after).not.toBe(before);
    const root = Buffer.from(house.ring.split(":")[1] ?? "", "base64url");
    const lasting = Buffer.from(hkdfSync("sha256", root, "valet", "seal/lasting", 32));
    const secrets = [
      ...[...spellings("root key", root, false), ...spellings("lasting key", lasting, false)],
      ...[before, after].flatMap((token, index) => spellings(`refresh token ${index}`, Buffer.from(token), true)),
      ...spellings("client secret", Buffer.from(CLIENT.clientSecret), true),
    ];
    const needles = new Map(secrets);
    const { web, refresher } = house.pids;
    expect(foundIn(web, needles)).toEqual([]);
    // The same search where they are finds them, so that it would have.
    const there = foundIn(refresher, needles);
    for (const name of ["root key 0", "lasting key", "refresh token 1", "client secret"]) expect(there).toContain(name);
  },
);
