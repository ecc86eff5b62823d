/** How an agent reaches the account, said as it is. */
export const DELIVERY_WORDS = {
  direct: "The agent gets the service's own short token. You see when it fetched one, not each call.",
  gateway: "The agent calls through Valet. Every call is one row of activity, and a revoke stops the next one.",
} as const;

/** Who holds the agent to what was lent. */
export const NARROWED_WORDS = {
  provider: "The service itself refuses more",
  consent: "A separate consent at the service",
  gateway: "Valet's gateway refuses more",
} as const;
