import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writingSide } from "../db";
import { person, rows, type TestCore, testCore } from "../testing/core";
import { refusalOf } from "../testing/refusal";
import { type IdentityClaims, signInWithIdentity } from "./identify";
import { invitePerson } from "./invite";
import { acceptInvitation } from "./join";

const ISSUER = "https://login.example.com";
const TAKEN = {
  code: "forbidden",
  reason: "email_taken",
  message: "Somebody here has your e-mail and signs in another way. Sign in that way, or ask an admin.",
};

let core: TestCore;
beforeAll(async () => {
  core = await testCore({ settings: { oidc: oidc(["example.com"]) } });
});
afterAll(() => core.close());

function oidc(emailDomains: string[]) {
  return { issuer: ISSUER, clientId: "valet", clientSecret: "secret", name: "single sign-on", emailDomains };
}
const claim = (subject: string, change: Partial<IdentityClaims> = {}): IdentityClaims => ({
  issuer: ISSUER,
  subject,
  email: `${subject}@example.com`,
  emailVerified: true,
  name: "Ada Lovelace",
  ...change,
});
const lastRow = async () => (await rows(core)).at(-1);

describe("the first sign-in with an identity", () => {
  test("makes a member of an allowed domain, and writes its row", async () => {
    const session = await signInWithIdentity(core, claim("ada"));
    expect(session).toEqual({
      personId: expect.stringMatching(/^per_/),
      name: "Ada Lovelace",
      email: "ada@example.com",
      role: "member",
      sessionVersion: 1,
    });
    expect(await lastRow()).toMatchObject({
      event: "person.join",
      acting: "person",
      personId: session.personId,
      target: "Valet as member, with single sign-on",
    });
  });

  test("is refused outside the allowed domains, look-alikes included", async () => {
    for (const email of ["eve@example.org", "eve@example.com.evil.net", "eve@sub.example.com", "eve@evilexample.com"]) {
      expect(await refusalOf(signInWithIdentity(core, claim("eve", { email })))).toMatchObject({
        code: "forbidden",
        reason: "email_domain",
        message: "Your e-mail is not of a domain that may join this Valet. Ask an admin for an invitation.",
      });
      expect(await lastRow()).toMatchObject({ event: "person.sign_in", decision: "refused", reason: "email_domain", acting: "system" });
    }
    expect(await core.db.person.count({ where: { name: "eve" } })).toBe(0);
  });

  test("is open to every domain when none is named", async () => {
    const open = { ...core, settings: { ...core.settings, oidc: oidc([]) } };
    expect(await signInWithIdentity(open, claim("anywhere", { email: "any@example.net" }))).toMatchObject({ role: "member" });
  });

  test("opens the invitation of its verified e-mail, with that role, from any domain, once", async () => {
    const { token } = await invitePerson(await person(core, { role: "admin" }), { email: "carl@partner.example", role: "auditor" });
    expect(await signInWithIdentity(core, claim("carl", { email: "Carl@partner.example" }))).toMatchObject({
      role: "auditor",
      email: "carl@partner.example",
    });
    expect(
      await refusalOf(acceptInvitation(core, { token, name: "Eve", password: "correct horse battery", address: "192.0.2.1" })),
    ).toMatchObject({
      reason: "invitation_spent",
    });
  });

  test("does not open an invitation with an e-mail that nobody vouches for", async () => {
    await invitePerson(await person(core, { role: "admin" }), { email: "dora@example.com", role: "admin" });
    expect(await refusalOf(signInWithIdentity(core, claim("not-dora", { email: "dora@example.com", emailVerified: false })))).toMatchObject(
      {
        code: "forbidden",
        reason: "email_not_verified",
        message: "Your single sign-on does not vouch for your e-mail. Ask an admin to have it verified there.",
      },
    );
    expect(await signInWithIdentity(core, claim("dora"))).toMatchObject({ role: "admin" });
  });

  test("joins a record that waits for it: no password, no identity", async () => {
    const waiting = await person(core, { email: "emil@example.com", role: "admin", name: "Emil" });
    expect(await signInWithIdentity(core, claim("emil", { name: "Other Name" }))).toEqual({
      personId: waiting.actor.personId,
      name: "Emil",
      email: "emil@example.com",
      role: "admin",
      sessionVersion: 1,
    });
  });

  test("makes one person of ten at once", async () => {
    const sessions = await Promise.all(Array.from({ length: 10 }, () => signInWithIdentity(core, claim("twin"))));
    expect(new Set(sessions.map(({ personId }) => personId)).size).toBe(1);
    expect(await core.db.identity.count({ where: { subject: "twin" } })).toBe(1);
  });
});

describe("an e-mail of somebody else", () => {
  test("does not open an account with a password, verified or not", async () => {
    const victim = await person(core, { email: "fay@example.com", role: "admin", password: "correct horse battery" });
    expect(await refusalOf(signInWithIdentity(core, claim("eve-1", { email: "fay@example.com" })))).toMatchObject(TAKEN);
    expect(await refusalOf(signInWithIdentity(core, claim("eve-1", { email: "fay@example.com", emailVerified: false })))).toMatchObject({
      code: "forbidden",
    });
    expect(await core.db.identity.count({ where: { personId: victim.actor.personId } })).toBe(0);
    expect(await lastRow()).toMatchObject({ event: "person.sign_in", decision: "refused", reason: "email_not_verified" });
  });

  test("does not open an account with another identity", async () => {
    const victim = await signInWithIdentity(core, claim("gil"));
    expect(await refusalOf(signInWithIdentity(core, claim("eve-2", { email: "gil@example.com" })))).toMatchObject(TAKEN);
    expect(await core.db.identity.findMany({ where: { personId: victim.personId } })).toMatchObject([{ subject: "gil" }]);
  });

  test("does not open a suspended or removed record", async () => {
    await person(core, { email: "hal@example.com", status: "suspended" });
    await person(core, { email: "ida@example.com", status: "removed" });
    expect(await refusalOf(signInWithIdentity(core, claim("hal")))).toMatchObject(TAKEN);
    expect(await refusalOf(signInWithIdentity(core, claim("ida")))).toMatchObject(TAKEN);
  });

  test("is given to one of two identities that claim it at once, not to both", async () => {
    await person(core, { email: "shared@example.com", role: "admin" });
    const outcomes = await Promise.allSettled(
      ["left", "right"].map((subject) => signInWithIdentity(core, claim(subject, { email: "shared@example.com" }))),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await core.db.identity.count({ where: { person: { email: "shared@example.com" } } })).toBe(1);
  });

  test("does not move a known identity to it", async () => {
    const jo = await signInWithIdentity(core, claim("jo"));
    await person(core, { email: "kim@example.com", role: "admin" });
    expect(await signInWithIdentity(core, claim("jo", { email: "kim@example.com" }))).toEqual(jo);
  });

  test("that only folds to theirs is not theirs", async () => {
    const victim = await person(core, { email: "mike@example.com", role: "admin" });
    expect((await signInWithIdentity(core, claim("mi\u212ae", { email: "mi\u212ae@example.com" }))).personId).not.toBe(
      victim.actor.personId,
    );
  });
});

describe("a later sign-in", () => {
  test("goes by issuer and subject alone: the e-mail may have changed, or be unverified by now", async () => {
    const first = await signInWithIdentity(core, claim("lea"));
    expect(await signInWithIdentity(core, claim("lea", { email: "married@example.org", emailVerified: false }))).toEqual(first);
    expect(await lastRow()).toMatchObject({
      event: "person.sign_in",
      decision: "allowed",
      personId: first.personId,
      target: "Valet, with single sign-on",
    });
  });

  test.each(["suspended", "removed"])("is refused for a %s person, and their activity shows it", async (status) => {
    const { personId } = await signInWithIdentity(core, claim(`max-${status}`));
    await writingSide(core.db).prisma.person.update({ where: { id: personId }, data: { status } });
    expect(await refusalOf(signInWithIdentity(core, claim(`max-${status}`)))).toMatchObject({
      code: "forbidden",
      reason: `person_${status}`,
      message: `Your account here is ${status}. Ask an admin to let you back in.`,
    });
    expect(await lastRow()).toMatchObject({ event: "person.sign_in", decision: "refused", reason: `person_${status}`, ownerId: personId });
  });

  test.each([
    ["another issuer with the same subject", claim("ada", { issuer: "https://evil.example.com" })],
    ["no subject", claim("", { email: "none@example.com" })],
  ])("is refused from %s", async (_what, claims) => {
    expect(await refusalOf(signInWithIdentity(core, claims))).toMatchObject({
      code: "forbidden",
      reason: "issuer_other",
      message: "That single sign-on is not the one of this Valet. Ask an admin.",
    });
  });

  test("is refused when single sign-on is not set up", async () => {
    const without = { ...core, settings: { ...core.settings, oidc: null } };
    expect(await refusalOf(signInWithIdentity(without, claim("ada")))).toMatchObject({ code: "forbidden", reason: "issuer_other" });
  });
});
