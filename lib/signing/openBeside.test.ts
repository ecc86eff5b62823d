import { afterEach, beforeEach, expect, it } from "vitest";
import { writingSide } from "../db";
import { TEST_KEYS, type TestCore, testCore } from "../testing/core";
import { createWebVault, webKeys } from "../vault/vault";
import { openSigner } from "./open";
import { openBeside } from "./openBeside";
import { place } from "./record";
import { resealSigningKeys } from "./reseal";

/** The process with every key, and the one beside it. */
let whole: TestCore;
let web: TestCore;
beforeEach(async () => {
  whole = await testCore();
  web = { ...whole, vault: createWebVault(webKeys(TEST_KEYS)) };
});
afterEach(() => whole.close());

const never = () => new Promise<void>(() => undefined);
const kids = async (core: TestCore) => (await core.db.signingKey.findMany()).map(({ kid }) => kid);

async function makeInstance(): Promise<void> {
  await writingSide(whole.db).prisma.instance.create({ data: { id: 1, sealedCanary: "sealed", createdAt: whole.clock.now() } });
}

it("opens without the refresher where all is made", async () => {
  await makeInstance();
  await openSigner(whole);
  const signer = await openBeside(web, never);
  expect((await signer.jwks(web.clock.now())).keys.map(({ kid }) => kid)).toEqual(await kids(whole));
});

it("makes nothing of an empty database: it waits for the refresher, and finds what that made", async () => {
  let had: readonly string[] = ["not asked"];
  const signer = await openBeside(web, async () => {
    had = await kids(whole);
    await makeInstance();
    await openSigner(whole);
  });
  expect(had).toEqual([]);
  expect((await signer.jwks(web.clock.now())).keys.map(({ kid }) => kid)).toEqual(await kids(whole));
});

it("waits where a key is sealed as it once was, until the refresher has sealed it anew", async () => {
  await makeInstance();
  await openSigner(whole);
  const [kid] = (await kids(whole)) as [string];
  const { sealedPrivate } = await whole.db.signingKey.findUniqueOrThrow({ where: { kid } });
  const before = whole.vault.seal("lasting", place(kid), whole.vault.open("signing", place(kid), sealedPrivate));
  await writingSide(whole.db).prisma.signingKey.update({ where: { kid }, data: { sealedPrivate: before } });
  let waited = false;
  const signer = await openBeside(web, async () => {
    waited = true;
    await resealSigningKeys(whole);
  });
  expect(waited).toBe(true);
  expect((await signer.jwks(web.clock.now())).keys.map((key) => key.kid)).toEqual([kid]);
});
