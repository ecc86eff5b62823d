/** The people that the demo's seed makes. Nobody else can ever be entered without a proof. */
export const DEMO_PEOPLE = [
  { email: "employee@demo.test", label: "Sign in as the demo employee", what: "Connects accounts and lends parts of them to agents" },
  { email: "admin@demo.test", label: "Sign in as the demo admin", what: "Also sees everyone, and sets up connectors" },
  { email: "auditor@demo.test", label: "Sign in as the demo auditor", what: "Sees everyone's activity, and changes nothing" },
] as const;
