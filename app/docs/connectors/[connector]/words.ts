import type { Connector, Rule } from "@/lib/connectors/connector";

/** Who holds an agent to its grant at this SaaS, strongest first, in sentences. */
export function enforcement({ name, tokens, separateConsent, revocation }: Connector): string[] {
  const cut = {
    none: `${name} cannot make a token narrower than the account's, so Valet's gateway judges every call.`,
    refresh_scope: `${name} itself cuts the token to the grant's scopes, when Valet refreshes it.`,
    token_exchange: `${name} itself cuts the token to the grant's scopes, by a token exchange (RFC 8693).`,
    github_scoped: `${name} itself cuts the token to permissions and repositories.`,
    github_installation: `${name} itself makes each token with only the grant's permissions and repositories.`,
  }[tokens.narrowing.how];
  return [
    cut,
    ...(separateConsent === "works" ? ["A person can give a second, smaller consent for one grant alone."] : []),
    "Where a token cannot be handed out as narrow as the grant, the agent gets one for the gateway, which refuses what was not lent.",
    revocation.note,
  ];
}

export function ruleInWords({ methods, path, graphql, rootFields, rpc }: Rule): string {
  const inside = rootFields ? ` (${rootFields.join(", ")})` : "";
  const kind = graphql ? `, only a GraphQL ${graphql}${inside}` : "";
  return `${methods.join(", ")} ${path}${kind}${rpc ? `, only ${rpc.join(", ")}` : ""}`;
}
