import { describe, expect, it } from "vitest";
import { compileGrant } from "../policy/compile";
import { asana } from "./asana";
import { confluence } from "./confluence";
import { dropbox } from "./dropbox";
import { githubAppUser } from "./githubAppUser";
import { gitlab } from "./gitlab";
import { hubspot } from "./hubspot";
import { jira } from "./jira";
import { notion } from "./notion";
import { salesforce } from "./salesforce";
import { heldScopes } from "./scopes";
import { zendesk } from "./zendesk";

const SITE = "11111111-2222-3333-4444-555555555555";
const OTHER = "11111111-2222-3333-4444-666666666666";
const site = (id: string, ...scopes: string[]) => ({ id, url: "https://acme.atlassian.net", name: "acme", scopes });

describe("whose account it is", () => {
  it("takes the id that never changes, wherever the SaaS puts it", () => {
    expect(jira.account.read({ account_id: "a1", name: "Ada", email: "ada@example.com" })).toEqual({ id: "a1", name: "ada@example.com" });
    expect(zendesk.account.read({ user: { id: 7, name: "Ada", email: null } })).toEqual({ id: "7", name: "Ada" });
    expect(asana.account.read({ data: { gid: "12", name: "Ada" } })).toEqual({ id: "12", name: "Ada" });
    expect(dropbox.account.read({ account_id: "dbid:1", email: "ada@example.com", name: {} })).toEqual({
      id: "dbid:1",
      name: "ada@example.com",
    });
    expect(hubspot.account.read({ portalId: 99, timeZone: "US/Eastern" })).toEqual({ id: "99", name: "HubSpot account 99" });
  });

  it("tells a person's sandbox from their organization at Salesforce", () => {
    const answer = { user_id: "005", organization_id: "00D1", preferred_username: "ada@example.com" };
    expect(salesforce.account.read(answer)).toEqual({ id: "00D1.005", name: "ada@example.com" });
    expect(salesforce.account.read({ ...answer, organization_id: undefined })).toBeNull();
  });

  it("finds the person behind Notion's bot, and takes nobody who is no bot", () => {
    const person = { id: "u1", name: "Ada", person: { email: "ada@example.com" } };
    const bot = { owner: { type: "user", user: person }, workspace_id: "w1", workspace_name: "Acme" };
    expect(notion.account.read({ object: "user", id: "b1", bot })).toEqual({ id: "w1.u1", name: "ada@example.com at Acme" });
    expect(notion.account.read({ id: "b1", name: "Valet", bot: { owner: { type: "workspace" } } })).toEqual({ id: "b1", name: "Valet" });
    expect(notion.account.read({ id: "u1", name: "Ada" })).toBeNull();
  });
});

describe("where an account's API is", () => {
  it("is the one site of this product that the token opens", () => {
    const list = [site(SITE, "read:jira-work"), site(SITE, "write:jira-work"), site(OTHER, "read:confluence-content.all")];
    expect(jira.api.perAccount?.read(list)).toBe(`https://api.atlassian.com/ex/jira/${SITE}`);
    expect(confluence.api.perAccount?.read(list)).toBe(`https://api.atlassian.com/ex/confluence/${OTHER}`);
    expect(jira.api.perAccount?.allowed.test(`https://api.atlassian.com/ex/jira/${SITE}`)).toBe(true);
  });

  it("is nowhere when there are several sites, or one that is no site", () => {
    expect(jira.api.perAccount?.read([site(SITE, "read:jira-work"), site(OTHER, "read:jira-work")])).toBeNull();
    expect(jira.api.perAccount?.allowed.test("https://api.atlassian.com/ex/jira/../confluence")).toBe(false);
    expect(jira.api.perAccount?.allowed.test(`https://api.atlassian.com/ex/confluence/${SITE}`)).toBe(false);
  });

  it("is Salesforce's own host or none", () => {
    const allowed = (url: string) => salesforce.api.perAccount?.allowed.test(url);
    for (const url of ["https://acme.my.salesforce.com", "https://acme--uat.sandbox.my.salesforce.com", "https://na139.salesforce.com"])
      expect([url, allowed(url)]).toEqual([url, true]);
    for (const url of ["https://salesforce.com.evil.example", "https://evil.example/.salesforce.com", "https://acme.my.salesforce.com:444"])
      expect([url, allowed(url)]).toEqual([url, false]);
  });
});

describe("a tenant", () => {
  it("is one of the kinds each SaaS has, and nothing else", () => {
    const passes = (connector: typeof gitlab, ...values: string[]) => values.filter((value) => connector.tenant?.pattern.test(value));
    expect(passes(gitlab, "gitlab.com", "git.example.org", "gitlab", "127.0.0.1", "git.example.org:8443", "GitLab.com")).toEqual([
      "gitlab.com",
      "git.example.org",
    ]);
    expect(passes(salesforce, "login", "test", "acme.my", "acme--uat.sandbox.my", "evil.example", "acme", "acme.my.evil")).toEqual([
      "login",
      "test",
      "acme.my",
      "acme--uat.sandbox.my",
    ]);
    expect(passes(zendesk, "acme", "acme-1", "-acme", "acme.evil", "a/b")).toEqual(["acme", "acme-1"]);
  });
});

describe("a SaaS without scopes", () => {
  it("holds everything and lends it through the gateway alone, whatever an answer says", () => {
    for (const connector of [githubAppUser, notion]) {
      const names = connector.scopes.map(({ name }) => name);
      expect(heldScopes(connector, [])).toEqual(names);
      for (const name of names) expect(compileGrant(connector, [], [name])).toMatchObject({ delivery: "gateway", directPossible: false });
    }
  });

  it("holds an agent by itself only where it has permissions of exactly that size", () => {
    const by = (connector: typeof notion, ...scopes: string[]) => compileGrant(connector, [], scopes).narrowedBy;
    for (const { name } of notion.scopes) expect(by(notion, name)).toBe("gateway");
    expect(by(githubAppUser, "issues:read", "profile:read")).toBe("provider");
    for (const name of ["issues:comment", "graphql:read", "administration:write", "emails:read", "profile:read"])
      expect(by(githubAppUser, name)).toBe("gateway");
  });
});

describe("Asana's token answer", () => {
  const normalize = asana.oauth.normalizeToken ?? ((body) => body);

  it("counts as one that can do everything when it does not name its scopes", () => {
    expect(normalize({ access_token: "x" })).toEqual({ access_token: "x", scope: "default" });
    expect(normalize({ access_token: "x", scope: "tasks:read" })).toEqual({ access_token: "x", scope: "tasks:read" });
    expect(compileGrant(asana, ["default"], ["tasks:read"])).toMatchObject({ narrowedBy: "gateway", directPossible: false });
  });
});
