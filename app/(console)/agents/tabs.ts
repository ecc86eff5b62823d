/** The parts of an agent's page, the first one without a word in the address. */
export const AGENT_TABS = [
  ["access", "Access"],
  ["activity", "Activity"],
  ["credentials", "Credentials"],
  ["connect", "Connect"],
  ["settings", "Settings"],
] as const;
export type AgentTab = (typeof AGENT_TABS)[number][0];

/** Which part each heading is on: links of before had no part in their address. */
const PLACES: Readonly<Record<string, AgentTab>> = {
  proofs: "credentials",
  workloads: "credentials",
  key: "credentials",
  answering: "settings",
  authority: "settings",
  details: "settings",
  activity: "activity",
};

/** Anything else in the address is the first part. */
export function readTab(given: string | string[] | undefined): AgentTab {
  return AGENT_TABS.find(([tab]) => tab === given)?.[0] ?? "access";
}

export function tabHref(agentId: string, tab: AgentTab, anchor?: string): string {
  return `/agents/${agentId}${tab === "access" ? "" : `?tab=${tab}`}${anchor ? `#${anchor}` : ""}`;
}

/** The part that a heading's anchor stands on; null for the first one and for what is no heading. */
export function tabOfAnchor(anchor: string): AgentTab | null {
  return Object.hasOwn(PLACES, anchor) ? (PLACES[anchor] ?? null) : null;
}
