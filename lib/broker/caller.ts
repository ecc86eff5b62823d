import { authenticateAgain, authenticateByAssertion } from "../agents/assertion";
import { authenticateAgent } from "../agents/authenticate";
import type { AgentActor, Core, PersonActor } from "../ctx";
import { Refusal } from "../errors";
import { authenticatePerson } from "../people/personalTokens";
import type { Recall } from "../recall";
import { secretKind } from "../tokens/secret";

/** Told of a caller as soon as they are proved. May refuse: what they then wanted is not done. */
export type Proved = (caller: Caller) => Promise<void>;

/** What a caller shows to be believed, and who wants to know when they are. */
export type Credentials = Shown & { readonly proved?: Proved };

type Shown =
  | { readonly kind: "client_secret"; readonly clientId: string; readonly clientSecret: string }
  /** RFC 7521 section 4.2: a JWT that its owner signed, or that the workload's platform did. */
  | { readonly kind: "assertion"; readonly type: "jwt-bearer" | "jwt-spiffe"; readonly assertion: string; readonly clientId: string | null }
  | { readonly kind: "bearer"; readonly token: string }
  | { readonly kind: "none" };

/** Somebody who proved who they are. */
export type Caller = AgentActor | PersonActor;

/** Believes an agent by its secret or by an assertion, a person by their own API token; nobody else. */
export async function proveCaller(core: Core, credentials: Credentials, recall?: Recall): Promise<Caller> {
  const caller = await believe(core, credentials, recall);
  await credentials.proved?.(caller);
  return caller;
}

/** Where a caller was believed by what was remembered: the same by what is there now. */
export async function proveAgain(core: Core, credentials: Credentials): Promise<void> {
  if (credentials.kind === "client_secret") await authenticateAgent(core, credentials);
  if (credentials.kind === "assertion") await authenticateAgain(core, credentials);
}

async function believe(core: Core, credentials: Credentials, recall?: Recall): Promise<Caller> {
  switch (credentials.kind) {
    case "client_secret":
      return authenticateAgent(core, credentials, recall);
    case "bearer":
      if (secretKind(credentials.token) === "pat") return authenticatePerson(core, credentials.token);
      throw new Refusal(
        "invalid_client",
        "The bearer token is not a person's API token (vlt_pat_...). Agents prove themselves with client_assertion, or client_id and client_secret.",
      );
    case "assertion":
      return authenticateByAssertion(core, credentials, recall);
    case "none":
      throw new Refusal(
        "invalid_client",
        "Say who you are: client_assertion in the body, or client_id and client_secret by HTTP Basic or in the body.",
      );
  }
}
