import { describe, expect, it } from "vitest";
import { connectors } from "../connectors/registry";
import { accessOf, findScope, heldScopes, withContained } from "../connectors/scopes";
import { templateFor, templatesOf } from "./templates";

const all = connectors.map((connector) => {
  const held = heldScopes(
    connector,
    connector.scopes.map(({ name }) => name),
  );
  return [connector.id, connector, held] as const;
});
const named = (id: string, scopes?: readonly string[]) => {
  const [, connector, held] = all.find(([one]) => one === id) ?? (all[0] as (typeof all)[number]);
  return templatesOf(connector, scopes ?? held);
};
const pick = (templates: ReturnType<typeof templatesOf>, id: string) => templates.find((one) => one.id === id)?.scopes;

describe("templates of every connector", () => {
  it("are for all that Valet knows", () => expect(all).toHaveLength(33));

  it.each(all)(
    "%s: Read-only holds all that reads, and nothing that can write by itself or by what is within it",
    (_id, connector, held) => {
      const read = pick(templatesOf(connector, held), "read") ?? [];
      expect(accessOf(connector, read)).toBe("read");
      for (const name of withContained(connector, read)) expect([name, findScope(connector, name)?.access]).toEqual([name, "read"]);
      const left = held.filter((name) => !read.includes(name));
      for (const name of left) expect([name, accessOf(connector, [name])]).not.toEqual([name, "read"]);
    },
  );

  it.each(all)("%s: the middle one lies between Read-only and everything, and administers nothing", (_id, connector, held) => {
    const templates = templatesOf(connector, held);
    const read = pick(templates, "read") ?? [];
    const triage = pick(templates, "triage");
    if (!triage) return;
    expect(triage.filter((name) => read.includes(name))).toEqual(read);
    expect(triage.length).toBeGreaterThan(read.length);
    expect(triage.length).toBeLessThan(held.length);
    expect(held).toEqual(expect.arrayContaining([...triage]));
    expect(accessOf(connector, triage)).toBe("write");
  });

  it.each(all)("%s: nothing that is not held is offered, however little is held, and Custom ticks nothing", (_id, connector, held) => {
    for (const some of [[], held.slice(0, 1), held.slice(0, 3), held.slice(-2)]) {
      const templates = templatesOf(connector, some);
      expect(some).toEqual(expect.arrayContaining(templates.flatMap((one) => [...one.scopes])));
      expect(pick(templates, "custom")).toEqual([]);
    }
  });
});

describe("the middle template", () => {
  it("is there where a SaaS has comments, reactions or labels apart from larger writes, and nowhere else", () => {
    const with_ = all.filter(([, connector, held]) => pick(templatesOf(connector, held), "triage"));
    const added = with_.map(([id, connector, held]) => {
      const templates = templatesOf(connector, held);
      return [id, pick(templates, "triage")?.filter((name) => !pick(templates, "read")?.includes(name))];
    });
    expect(Object.fromEntries(added)).toEqual({
      airtable: ["data.recordComments:write"],
      asana: ["stories:write"],
      box: ["comments:write"],
      canva: ["comment:write"],
      demo: ["issues:comment"],
      "demo-board": ["issues:comment"],
      figma: ["file_comments:write"],
      github: ["issues:comment"],
      "github-app": ["issues:comment"],
      "github-app-installation": ["issues:comment"],
      google: ["https://www.googleapis.com/auth/gmail.labels"],
      jira: ["issues:comment"],
      linear: ["comments:create"],
      notion: ["insert_comments"],
      slack: ["reactions:write"],
    });
  });

  it("is known again by its permissions, and any other choice is Custom", () => {
    const templates = named("demo");
    for (const { id, scopes } of templates) expect(templateFor(templates, scopes)).toBe(id);
    expect(templateFor(templates, ["issues:read"])).toBe("custom");
    expect(templateFor(named("demo", []), ["issues:write"])).toBe("custom");
  });
});
