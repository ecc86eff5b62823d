import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectors } from "../../connectors/registry";
import { REFUSAL_CODES } from "../../errors";
import { send, type World, world } from "../../testing/builders";
import { SNIPPETS } from "./snippets";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());

const read = async (path: string) => {
  const answer = await send(here.core, path);
  return { answer, text: await answer.text() };
};

describe("what is written for agents", () => {
  it("says at /llms.txt where everything is, at this Valet's address alone", async () => {
    const { answer, text } = await read("/llms.txt");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("public, max-age=300");
    const { publicUrl } = here.core.settings;
    for (const { id } of connectors) expect(text).toContain(`${publicUrl}/docs/connectors/${id})`);
    expect([...text.matchAll(/https?:\/\/[^\s/)]+/g)].every(([origin]) => origin === publicUrl)).toBe(true);
    expect(text).toContain(`${publicUrl}/SKILL.md`);
    expect(text).toContain(`${publicUrl}/oauth/token`);
  });

  it("says at /SKILL.md what to do on every refusal, with code that the tests run", async () => {
    const { answer, text } = await read("/SKILL.md");
    expect(answer.headers.get("content-type")).toBe("text/markdown; charset=utf-8");
    for (const code of REFUSAL_CODES) expect(text).toContain(`${here.core.settings.publicUrl}/docs/errors#${code})`);
    const blocks = [...text.matchAll(/```\w+\n([\s\S]*?)\n```/g)].map(([, block]) => block);
    const known: unknown[] = Object.values(SNIPPETS).map(({ code }) => code(here.core.settings.publicUrl));
    expect(blocks.length).toBeGreaterThan(3);
    for (const block of blocks) expect(known).toContain(block);
  });

  it("is to be read, and nothing else", async () => {
    for (const path of ["/llms.txt", "/SKILL.md"]) expect((await send(here.core, path, { method: "POST" })).status).toBe(405);
  });

  it("is where an answer of /oauth leads, by a header that clients need not know", async () => {
    const answer = await send(here.core, "/oauth/token", { method: "POST", body: new URLSearchParams({ grant_type: "nonsense" }) });
    const { error } = (await answer.json()) as { error: string };
    expect(answer.headers.get("link")).toMatch(new RegExp(`^<${here.core.settings.publicUrl}/docs/errors#${error}>; rel="help"$`));
  });
});
