import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ZodError } from "zod";
import type { PersonCtx } from "../ctx";
import { apiToken, bearer, send, type World, world } from "../testing/builders";
import { person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { rows } from "../testing/rows";
import { changeView, deleteView, listViews, saveView, VIEWS_MAX } from "./savedViews";

let here: World;
let ada: PersonCtx;
let eve: PersonCtx;
beforeAll(async () => {
  here = await world();
});
beforeEach(async () => {
  [ada, eve] = [await person(here.core), await person(here.core)];
});
afterAll(() => here.close());

const rowsOf = async (ctx: PersonCtx) => (await rows(here.core)).filter(({ personId }) => personId === ctx.actor.personId);
const names = async (ctx: PersonCtx) => (await listViews(ctx)).map(({ name }) => name);

describe("saved views of activity", () => {
  it("keep the filters of a query and nothing else, are listed by name, and leave a row", async () => {
    await saveView(ada, { name: " Refusals ", query: "row=use_1&decision=refused&cursor=x&since=24h&everyone=1&javascript=alert" });
    const { id } = await saveView(ada, { name: "Agents", query: "acting=agent" });
    expect(await listViews(ada)).toEqual([
      { id, name: "Agents", query: "acting=agent" },
      { id: expect.stringMatching(/^vie_/), name: "Refusals", query: "decision=refused&since=24h" },
    ]);
    const kept = await rowsOf(ada);
    expect(kept.map(({ target }) => target).sort()).toEqual(["Agents", "Refusals"]);
  });

  it("are replaced by saving under the same name, and changed by their id", async () => {
    const { id } = await saveView(ada, { name: "Agents", query: "acting=agent" });
    expect(await saveView(ada, { name: "Agents", query: "acting=person" })).toEqual({ id, name: "Agents", query: "acting=person" });
    expect(await changeView(ada, { viewId: id, name: "People" })).toEqual({ id, name: "People", query: "acting=person" });
    expect(await changeView(ada, { viewId: id, query: "acting=robot&kind=use" })).toEqual({ id, name: "People", query: "kind=use" });
    expect(await listViews(ada)).toHaveLength(1);
    await deleteView(ada, { viewId: id });
    expect(await listViews(ada)).toEqual([]);
    const told = await rowsOf(ada);
    expect(told.map(({ event }) => event).sort()).toEqual(["view.change", "view.change", "view.delete", "view.save", "view.save"]);
  });

  it("are their person's alone: another's id answers as one that is not there", async () => {
    const { id } = await saveView(ada, { name: "Mine", query: "acting=agent" });
    expect(await listViews(eve)).toEqual([]);
    for (const attempt of [
      (viewId: string) => changeView(eve, { viewId, name: "Taken" }),
      (viewId: string) => deleteView(eve, { viewId }),
    ]) {
      const [other, none] = [await refusalOf(attempt(id)), await refusalOf(attempt("vie_00000000000000000000000000"))];
      expect([other.code, other.message, other.reason]).toEqual([none.code, none.message, none.reason]);
      expect(other.code).toBe("not_found");
    }
    expect(await names(ada)).toEqual(["Mine"]);
    expect(await rowsOf(eve)).toEqual([]);
  });

  it("refuse a name that another has, one that is none, and more than fifty, also when they come at once", async () => {
    await saveView(ada, { name: "One", query: "" });
    const { id } = await saveView(ada, { name: "Two", query: "" });
    expect((await refusalOf(changeView(ada, { viewId: id, name: "One" }))).reason).toBe("view_name_taken");
    for (const name of ["", "   ", "x".repeat(61), "a\u0000b", "a\nb"])
      await expect(saveView(ada, { name, query: "" })).rejects.toBeInstanceOf(ZodError);
    for (let index = 3; index <= VIEWS_MAX - 2; index += 1) await saveView(ada, { name: `View ${index}`, query: "" });
    const answers = await Promise.allSettled(["a", "b", "c", "d", "e", "f"].map((name) => saveView(ada, { name, query: "" })));
    expect(answers.filter(({ status }) => status === "rejected")).toHaveLength(4);
    expect(await listViews(ada)).toHaveLength(VIEWS_MAX);
    expect((await refusalOf(saveView(ada, { name: "One more", query: "" }))).reason).toBe("too_many_views");
    expect(await saveView(ada, { name: "One", query: "acting=agent" })).toMatchObject({ query: "acting=agent" });
  });

  it("are kept, changed and deleted over REST; everybody's is kept only for those who may ask for it", async () => {
    const admin = here.admin;
    const headers = { ...bearer(await apiToken(admin)), "content-type": "application/json" };
    const post = await send(here.core, "/api/v1/views", {
      method: "POST",
      headers,
      body: JSON.stringify({ name: "All", query: "everyone=1" }),
    });
    expect(post.status).toBe(201);
    const { id, query } = await post.json();
    expect(query).toBe("everyone=1");
    const put = await send(here.core, `/api/v1/views/${id}`, { method: "PUT", headers, body: JSON.stringify({ name: "Everybody" }) });
    expect(await put.json()).toEqual({ id, name: "Everybody", query: "everyone=1" });
    const list = await (await send(here.core, "/api/v1/views", { headers })).json();
    expect(list.data).toEqual([{ id, name: "Everybody", query: "everyone=1" }]);
    expect((await send(here.core, `/api/v1/views/${id}`, { method: "DELETE", headers })).status).toBe(200);
    expect((await send(here.core, `/api/v1/views/${id}`, { method: "DELETE", headers })).status).toBe(404);
  });
});
