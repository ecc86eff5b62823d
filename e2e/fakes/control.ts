import type { Breakage } from "./breakage";
import type { Profile } from "./profile";
import { SCOPE_NAMES } from "./scopes";
import type { Seed } from "./seed";
import { findPerson, type State } from "./state";
import { endConsent, issueAccess, issuePersonal, issueRefresh, newFamilyId } from "./tokens";
import { accessViews, type TokenView } from "./views";

/** What a test can do to the SaaS from inside its own process. None of it is reachable over HTTP. */
export interface Control extends Pick<Breakage, "breakNext" | "breakAll" | "repair"> {
  /** From now on the answers of refreshes wait, their work done. */
  hold(): void;
  /** Everything that waits or hangs goes on, and nothing is held any more. */
  release(): void;
  /** Resolves as soon as `count` requests wait or hang. */
  held(count: number): Promise<void>;
  /** Moves this SaaS's clock ahead. */
  advance(seconds: number): void;
  /** Changes how it behaves from now on. */
  behave(profile: Partial<Profile>): void;
  /** The person ends everything they gave, in the settings of their account; at one client or at all. */
  withdraw(login: string, clientId?: string): void;
  /** Ends one token before its time, whatever else came with it. */
  end(value: string): void;
  /** Tokens without the browser leg. `clientId` is the first client's unless given. */
  issue(about: { login: string; scopes: readonly string[]; clientId?: string }): {
    accessToken: string;
    refreshToken: string;
  };
  /** A personal access token: it may do everything that its person may, for ever. */
  issuePersonal(login: string): string;
  /** Every token in order of issue, without its value. */
  tokens(): TokenView[];
  /** Issues and files as they are now. */
  data(): Seed;
}

export function createControl(state: State): Control {
  const { breakNext, breakAll, repair } = state.breakage;
  return {
    breakNext,
    breakAll,
    repair,
    hold: () => state.gate.close(),
    release: () => state.gate.open(),
    held: (count) => state.gate.reached(count),
    advance: (seconds) => {
      state.aheadSeconds += seconds;
    },
    behave: (profile) => {
      state.profile = { ...state.profile, ...profile };
    },
    withdraw: (login, clientId) => endConsent(state, personId(state, login), clientId),
    end: (value) => {
      const token = state.tokens.get(value);
      if (token) token.ended = true;
    },
    issue: (about) => issuePair(state, about),
    issuePersonal: (login) => personal(state, login),
    tokens: () => accessViews(state),
    data: () => structuredClone(state.data),
  };
}

function issuePair(state: State, about: { login: string; scopes: readonly string[]; clientId?: string }) {
  const holder = {
    familyId: newFamilyId(),
    clientId: about.clientId ?? state.clients[0]?.clientId ?? "",
    personId: personId(state, about.login),
    scopes: about.scopes,
  };
  return { accessToken: issueAccess(state, holder).value, refreshToken: issueRefresh(state, holder).value };
}

function personal(state: State, login: string): string {
  const holder = { familyId: newFamilyId(), clientId: "personal token", personId: personId(state, login), scopes: SCOPE_NAMES };
  return issuePersonal(state, holder).value;
}

function personId(state: State, login: string): string {
  const person = findPerson(state, { login });
  if (person === undefined) throw new Error(`The pretend SaaS has no person called ${login}.`);
  return person.id;
}
