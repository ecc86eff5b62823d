// Who may import whom, as sentences. `from` and `to` are matched against paths in the project or package names;
// `except` lists the named doors, each "from -> to" written down in ARCHITECTURE.md. Types count, unless `valuesOnly`.

const RECORDS = "people|agents|connections|grants|setups|trust|chains|signing|platform";
const LEAVES = "vault|tokens|connectors|policy|activity";
const KERNEL = "lib/[^/]+$|lib/generated/";

/** Everything of `lib` a folder may know, itself included. */
const only = (folders) => new RegExp(`^(?!${KERNEL})(?!lib/(${folders})/)lib/`);

export const RULES = [
  {
    sentence: "lib has never heard of Next, of React or of a page",
    from: /^lib\//,
    to: /^(app\/|next$|next\/|next-auth|react$|react-dom|server-only$)/,
  },
  {
    sentence: "nothing that runs imports the tests' tools",
    from: /^(?!.*\.test\.ts$)(?!lib\/testing\/)(?!e2e\/)/,
    to: /^(lib\/testing|e2e|vitest)(\/|$)/,
  },
  // core.ts is where everything is put together.
  { sentence: "the kernel knows no noun", from: /^lib\/(?!core\.ts$)[^/]+\.ts$/, to: only("(?!)") },
  {
    sentence: "a leaf knows the kernel, and no other leaf",
    from: new RegExp(`^lib/(${LEAVES})/`),
    to: new RegExp(`^lib/(?!$1/)(${LEAVES}|${RECORDS}|overview|broker|wire|database)/`),
  },
  {
    sentence: "records know leaves and the kernel, and no other record",
    from: new RegExp(`^lib/(${RECORDS})/`),
    to: new RegExp(`^lib/(?!$1/)(${RECORDS}|overview|broker|wire|database)/`),
  },
  { sentence: "the broker knows records, leaves and the kernel", from: /^lib\/broker\//, to: /^lib\/(wire|database|overview)\// },
  // It does what needs the keys to what lasts: verbs of records, asked for by name. Whoever calls one does not see where it is done.
  {
    sentence: "the refresher knows records, leaves and the kernel",
    from: /^lib\/refresher\//,
    to: /^lib\/(broker|wire|overview|database)\//,
  },
  {
    sentence: "only a start and the wire's own counts see the refresher",
    from: /^(?!lib\/(refresher|wire)\/|lib\/core\.ts$)(lib|app)\//,
    to: /^lib\/refresher\//,
  },
  // It reads across the nouns for those who see all; nothing else is built on it.
  { sentence: "the overview knows records, leaves and the kernel", from: /^lib\/overview\//, to: /^lib\/(broker|wire|database)\// },
  {
    sentence: "only a start opens or migrates a database",
    from: /^(?!lib\/(database|testing)\/|lib\/core\.ts$)(lib|app)\//,
    to: /^lib\/database\//,
  },
  {
    sentence: "rules decide without I/O: errors, connector data and other rules",
    from: /^lib\/.*\/rules\.ts$/,
    to: /^lib\/(?!errors$|limits$|connectors\/|.*\/rules$)|^(pg|pino|undici|node:)/,
    valuesOnly: true,
  },
  { sentence: "jose is at home in tokens", from: /^(?!lib\/tokens\/)(lib|app)\//, to: /^jose$/, valuesOnly: true },
  // The database folder hashes migration files and makes the embedded cluster's password, before there is a vault.
  { sentence: "node:crypto is at home in vault and tokens", from: /^(?!lib\/(vault|tokens|database)\/)(lib|app)\//, to: /^node:crypto$/ },
  {
    sentence: "the Prisma client is a value in one file",
    from: /^(?!lib\/db\.ts$)(?!lib\/generated\/)/,
    to: /^(lib\/generated\/|@prisma\/client)/,
    valuesOnly: true,
  },
  { sentence: "the command and the client know Valet by its address alone", from: /^(cli|client)\/src\//, to: /^(lib|app|e2e|scripts)\// },
  { sentence: "the fakes know nothing of Valet", from: /^e2e\/fakes\//, to: /^(lib|app)\// },
];

/** Files whose own business it is to reach across: tests may build what they need. */
export const FREE = /(\.test\.tsx?$|^lib\/testing\/|^lib\/generated\/)/;

/** The named doors, as [from, to]. */
export const DOORS = [
  // The toolbox is made of the leaves' tools.
  [/^lib\/ctx\.ts$/, /^lib\/(vault|tokens)\//],
  // A rule of access is written over what the connector's data says.
  [/^lib\/policy\//, /^lib\/connectors\//],
  // Whoever talks to a SaaS needs this installation's client there.
  [/^lib\/(connections|grants)\//, /^lib\/setups\/client$/],
  // A set-up is tested by the requests that connecting makes.
  [/^lib\/setups\/(test|testParts)\.ts$/, /^lib\/connections\/(askSaas|tokenEndpoint|tokenDialect)$/],
  // A set-up that is made or tried at the SaaS asks it as a connection does, in bounds; a connection by an app's own key needs the key.
  [/^lib\/setups\//, /^lib\/connections\/askSaas$/],
  [/^lib\/connections\//, /^lib\/setups\/appKey$/],
  // Whoever leaves has their accounts disconnected, at the SaaS too.
  [/^lib\/people\/status\.ts$/, /^lib\/connections\/disconnect(\.ts)?$/],
  // All shared keys are for admins and auditors to see.
  [/^lib\/connections\/sharedKeys\.ts$/, /^lib\/people\/rules$/],
  // A grant ends what was lent under it, and is shown with its connection.
  [/^lib\/grants\//, /^lib\/connections\/(lentTokens|list|permissions|separate)$/],
  // A grant with a consent of its own begins with a walk, is minted at its end, and ends with it.
  [/^lib\/grants\/(lendSeparately|finishWalk|revoke|sweep)\.ts$/, /^lib\/connections\/(begin|complete|disconnect)$/],
  // Work is handed on under a grant: its person is asked for it as they are for the grant.
  [/^lib\/chains\//, /^lib\/grants\/own$/],
  // A stopped agent's tokens are ended at each SaaS; so are those of agents that somebody who leaves was the last owner of.
  [/^lib\/(agents\/(status|stopEverything)|people\/(status|lending))\.ts$/, /^lib\/connections\/lentTokens(\.ts)?$/],
  // An agent stands and falls with its owners.
  [/^lib\/agents\//, /^lib\/people\/(person|rules)$/],
  // An agent is proved by whom an admin trusts; only an admin trusts somebody.
  [/^lib\/agents\//, /^lib\/trust\/(rules|meets|verify|issuer|conditionInput)$/],
  [/^lib\/trust\//, /^lib\/people\/rules$/],
  // Signing keys are an admin's.
  [/^lib\/signing\//, /^lib\/people\/rules$/],
  // What an agent was given at a service of the house is for admins to say, and for whoever sees the agent to see.
  [/^lib\/platform\//, /^lib\/(people|agents)\/rules$/],
];
