import { asActor, type Core, type PersonCtx, type Role } from "../../lib/ctx";
import { invitePerson } from "../../lib/people/invite";
import { acceptInvitation } from "../../lib/people/join";
import { createPersonalToken } from "../../lib/people/personalTokens";
import type { World } from "./world";

/** Somebody who joined, and what they would know themself. */
export interface Entered {
  readonly ctx: PersonCtx;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly sessionVersion: number;
}

export const PASSWORD = "correct horse battery staple";

/** Opens an invitation or the set-up link, as its page would. */
export async function enter(core: Core, token: string, who: { name: string; email: string }): Promise<Entered> {
  const entered = await acceptInvitation(core, { ...who, token, password: PASSWORD, address: "127.0.0.1" });
  const { personId, name, email, role, sessionVersion } = entered;
  const ctx = asActor(core, { kind: "person", personId, name, email, role, via: "browser" } as const);
  return { ctx, name, email, password: PASSWORD, sessionVersion };
}

let count = 0;

/** A new person, who was invited by the admin and joined. */
export async function join(world: World, name: string, role: Role = "member"): Promise<Entered> {
  const email = newEmail(name);
  const { token } = await invitePerson(world.admin.ctx, { email, role });
  return enter(world.core, token, { name, email });
}

/** An address nobody in this world has. */
export function newEmail(name: string): string {
  count += 1;
  return `${name.toLowerCase().replace(/[^a-z]+/g, ".")}.${count}@company.test`;
}

/** The person's own API token. */
export async function apiTokenOf(person: Entered): Promise<string> {
  return (await createPersonalToken(person.ctx, { name: "script", lifetimeDays: 1 })).token;
}
