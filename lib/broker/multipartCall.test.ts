import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessToken, call, type Lent, lend, usesOf, type World, world } from "../testing/builders";

let here: World;
let lent: Lent;
let token: string;
beforeAll(async () => {
  here = await world();
  lent = await lend(here, { delivery: "gateway", scopes: ["files:write"] });
  token = await accessToken(here.core, lent);
});
afterAll(() => here.close());

const files = () => here.saas.control.data().files.length;

function upload(field: string): Promise<Response> {
  const form = new FormData();
  form.set("file", new Blob(['name="_method"']), "page.html");
  form.set(field, "delete");
  return call(here.core, token, "/api/files?name=page.html", { method: "POST", body: form });
}

describe("a form with parts through the gateway", () => {
  it("arrives whole", async () => {
    const before = files();
    expect((await upload("note")).status).toBe(201);
    expect(files()).toBe(before + 1);
  });

  it("has no effect when one of its parts replaces the method, and the row says why", async () => {
    const before = files();
    const refused = await upload("_method");
    expect([refused.status, (await refused.json()).reason]).toEqual([403, "method_override"]);
    expect(files()).toBe(before);
    expect((await usesOf(here.core, lent.grantId)).at(-1)).toMatchObject({
      target: "POST /api/files",
      reason: "method_override",
      upstreamStatus: null,
    });
  });
});
