import type { Caller } from "./bearer";
import type { Exchange } from "./http";
import type { Scope } from "./scopes";
import type { State } from "./state";

/** One call of the API, by a token that lives. */
export interface Route {
  readonly method: string;
  /** One group at most: the id. */
  readonly path: RegExp;
  /** null: judged inside, by what the body asks for or by what the token reaches. */
  readonly scope: Scope | null;
  readonly handle: (state: State, exchange: Exchange, caller: Caller, id: string) => void | Promise<void>;
}
