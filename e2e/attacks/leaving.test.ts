import { once } from "node:events";
import { Agent, request } from "node:http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { exchangeForm, exchangeGrant, type Lent, lend, usesOf, type World, world } from "../../lib/testing/builders";
import { openServer, type Serving } from "../../lib/wire/openServer";
import { dial, lines, listen } from "./sockets";

let here: World;
let serving: Serving;
let port: number;
beforeAll(async () => {
  here = await world({ profile: { rotation: "rotating" } });
  serving = openServer(here.core, async (_, response) => void response.end("a page"));
  port = await listen(serving.server);
});
afterAll(async () => {
  here.saas.control.release();
  serving.server.closeAllConnections();
  await serving.drain();
  await here.close();
});

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const version = async ({ connectionId }: Lent) =>
  (await here.core.db.connection.findUniqueOrThrow({ where: { id: connectionId } })).tokenVersion;

it("a client that hangs up in the middle of its exchange costs nothing but its own: what it began is stored, and has its one row", async () => {
  const lent = await lend(here);
  here.core.clock.advance({ minutes: 20 });
  const before = await version(lent);
  here.saas.control.hold();
  const left = request({ port, method: "POST", path: "/oauth/token", headers: FORM, agent: new Agent() }).end(
    exchangeForm(lent).toString(),
  );
  left.on("error", () => undefined);
  const gone = new Promise((resolve) => left.once("close", resolve));
  await here.saas.control.held(1);
  const served = exchangeGrant(here.core, lent);
  left.destroy();
  await gone;
  here.saas.control.release();
  // Who waits for the same refresh has it, whoever asked first.
  expect((await served).status).toBe(200);
  expect(await version(lent)).toBe(before + 1);
  await expect.poll(() => usesOf(here.core, lent.grantId)).toHaveLength(2);
  expect(here.core.log.lines.filter(({ event }) => event === "bug")).toEqual([]);
});

it("half a request leaves nothing behind", async () => {
  const lent = await lend(here);
  const socket = await dial(port);
  socket.write(
    lines(
      "POST /oauth/token HTTP/1.1",
      "host: x",
      "content-type: application/x-www-form-urlencoded",
      "content-length: 999",
      "",
      "grant_ty",
    ),
  );
  socket.resetAndDestroy();
  await once(socket, "close");
  expect((await exchangeGrant(here.core, lent)).status).toBe(200);
  expect(await usesOf(here.core, lent.grantId)).toHaveLength(1);
  expect(here.core.log.lines.filter(({ event }) => event === "bug")).toEqual([]);
});
