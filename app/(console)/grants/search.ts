import { GRANT_STATES, type GrantSearch } from "@/lib/grants/page";

type Value = string | string[] | undefined;
export type Address = Readonly<Partial<Record<"state" | "access" | "connector" | "agent" | "q" | "everyone" | "after", Value>>>;

/** What the list shows, as its address says it. */
export interface Shown {
  readonly state: "open" | "over";
  readonly access: "read" | "write" | "admin" | undefined;
  readonly connector: string | undefined;
  readonly agent: string | undefined;
  readonly q: string | undefined;
  readonly everyone: boolean;
}

/** An odd value filters by nothing. */
export function readAddress(address: Address): Shown {
  const { state, access } = address;
  return {
    state: GRANT_STATES.find((one) => one === state) ?? "open",
    access: (["read", "write", "admin"] as const).find((one) => one === access),
    connector: text(address.connector),
    agent: text(address.agent),
    q: text(address.q),
    everyone: address.everyone === "1",
  };
}

export function searchOf({ agent, q, ...shown }: Shown, after: Value): GrantSearch {
  return { ...shown, agentId: agent, text: q, cursor: text(after) };
}

export function addressOf(shown: Partial<Shown>, after?: string): string {
  const { state, everyone, ...rest } = shown;
  const query = new URLSearchParams();
  if (state === "over") query.set("state", state);
  for (const [name, value] of Object.entries(rest)) if (value) query.set(name, value);
  if (everyone) query.set("everyone", "1");
  if (after) query.set("after", after);
  return query.size > 0 ? `/grants?${query}` : "/grants";
}

export function isFiltered({ access, connector, agent, q }: Shown): boolean {
  return [access, connector, agent, q].some((one) => one !== undefined);
}

function text(value: Value): string | undefined {
  const trimmed = typeof value === "string" ? value.trim().slice(0, 80) : "";
  return trimmed === "" ? undefined : trimmed;
}
