import fc from "fast-check";

/** One request, as it goes over the wire. */
export interface FuzzRequest {
  readonly method: string;
  /** The request target, undecoded: whatever node:http lets through. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** Things that are really there, so that inputs come past the first check. */
export interface Known {
  /** Paths of the broker, with ids where they have parameters. */
  readonly paths: readonly string[];
  readonly operations: readonly { readonly method: string; readonly path: string }[];
  /** Ids, tokens and secrets that are valid somewhere. */
  readonly values: readonly string[];
  readonly authorizations: readonly string[];
  /** Whole requests that are answered well: what is strange is put into one of them at a time. */
  readonly right: readonly FuzzRequest[];
}

const OAUTH_NAMES = [
  "grant_type",
  "subject_token",
  "subject_token_type",
  "actor_token",
  "actor_token_type",
  "requested_token_type",
  "requested_actor",
  "resource",
  "audience",
  "scope",
  "client_id",
  "client_secret",
  "client_assertion",
  "client_assertion_type",
  "authorization_details",
  "device_code",
  "user_code",
  "refresh_token",
  "token",
  "token_type_hint",
  "run_id",
  "expires_in",
];

const OAUTH_VALUES = [
  "urn:ietf:params:oauth:grant-type:token-exchange",
  "urn:ietf:params:oauth:grant-type:device_code",
  "client_credentials",
  "refresh_token",
  "authorization_code",
  "urn:valet:params:oauth:token-type:grant",
  "urn:valet:params:oauth:token-type:connection",
  "urn:valet:params:oauth:token-type:connector",
  "urn:ietf:params:oauth:token-type:access_token",
  "urn:ietf:params:oauth:token-type:jwt",
  "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
  "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe",
  "demo",
  "valet-cli",
  '[{"type":"x"}]',
];

/** What has broken parsers before. */
const NASTY = [
  "",
  " ",
  "\u0000",
  "%00",
  "%",
  "%zz",
  "%c0%ae",
  "..",
  "%2e%2e",
  "..%2f",
  "%2f",
  "\\",
  "//",
  "/./",
  ";",
  "?",
  "#",
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "null",
  "undefined",
  "NaN",
  "-1",
  "1e400",
  "9".repeat(400),
  "a".repeat(3000),
  "\ud800",
  "\u202e",
  "\r\nset-cookie: x=1",
  "<script>",
  "' or 1=1 --",
  "$1",
  "{}",
  "[]",
  "eyJhbGciOiJub25lIn0.e30.",
  "eyJhbGciOiJIUzI1NiIsImtpZCI6Ii4uLy4uIn0.eyJzdWIiOiJ4In0.AAAA",
  "a.b.c",
  "....",
  "*",
  "http://169.254.169.254/",
];

export function requests(known: Known): fc.Arbitrary<FuzzRequest> {
  const text = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...NASTY) },
    { weight: 3, arbitrary: fc.constantFrom(...known.values) },
    { weight: 2, arbitrary: fc.constantFrom(...OAUTH_VALUES) },
    { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...known.values), fc.constantFrom(...NASTY)).map(([one, other]) => one + other) },
  );
  return fc.oneof(
    { weight: 4, arbitrary: oauth(known, text) },
    { weight: 3, arbitrary: gateway(known, text) },
    { weight: 3, arbitrary: rest(known, text) },
    { weight: 1, arbitrary: anything(known, text) },
    { weight: 3, arbitrary: nearlyRight(known, text) },
  );
}

/** One strange thing in a request that would be answered well without it: comes past every door that the others are refused at. */
function nearlyRight(known: Known, text: fc.Arbitrary<string>): fc.Arbitrary<FuzzRequest> {
  const change = fc.oneof(
    fc.constant((one: FuzzRequest) => one),
    fc.tuple(text, text).map((pair) => (one: FuzzRequest) => ({ ...one, target: `${one.target}?${pair.join("=")}` })),
    fc
      .tuple(fc.constantFrom("accept", "traceparent", "baggage", "dpop", "origin", "valet-connection"), text)
      .map(([name, value]) => (one: FuzzRequest) => ({ ...one, headers: { ...one.headers, [name]: asHeader(value) } })),
    fc.tuple(fc.constantFrom(...OAUTH_NAMES), text).map(([name, value]) => (one: FuzzRequest) => ({
      ...one,
      body: one.body === null ? null : strangeForm(one.body, name, value),
    })),
    text.map((value) => (one: FuzzRequest) => ({ ...one, body: one.body === null ? null : one.body + value })),
  );
  return fc.tuple(fc.constantFrom(...known.right), change).map(([one, changed]) => changed(one));
}

function strangeForm(body: string, name: string, value: string): string {
  const form = new URLSearchParams(body);
  form.set(name, wellFormed(value));
  return form.toString();
}

function oauth(known: Known, text: fc.Arbitrary<string>): fc.Arbitrary<FuzzRequest> {
  const value = fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...OAUTH_VALUES) }, { weight: 3, arbitrary: text });
  const pair = fc.tuple(fc.constantFrom(...OAUTH_NAMES), value);
  const form = fc
    .array(pair, { maxLength: 9 })
    .map((pairs) => new URLSearchParams(pairs.map(([name, one]) => [name, wellFormed(one)])).toString());
  const paths = known.paths.filter((path) => path.startsWith("/oauth/"));
  return fc.record({
    method: mostly("POST"),
    target: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...paths) },
      { weight: 1, arbitrary: mangled(fc.constantFrom(...paths), text) },
    ),
    headers: headers(known, text, "application/x-www-form-urlencoded"),
    body: fc.oneof({ weight: 6, arbitrary: form }, { weight: 1, arbitrary: text }, { weight: 1, arbitrary: json(text) }),
  });
}

function gateway(known: Known, text: fc.Arbitrary<string>): fc.Arbitrary<FuzzRequest> {
  const segments = fc.array(fc.oneof(fc.constantFrom("api", "issues", "files", "graphql", "batch", "me", "1"), text), { maxLength: 6 });
  const target = fc
    .tuple(fc.constantFrom("/proxy/demo", "/proxy/github", "/proxy/x", "/proxy"), segments)
    .map(([base, rest]) => [base, ...rest].join("/"));
  return fc.record({
    method: fc.constantFrom("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
    target: withQuery(target, text),
    headers: headers(known, text, "application/json"),
    body: fc.oneof(fc.constant(null), json(text), text),
  });
}

function rest(known: Known, text: fc.Arbitrary<string>): fc.Arbitrary<FuzzRequest> {
  return fc.constantFrom(...known.operations).chain(({ method, path }) =>
    fc.record({
      method: fc.constant(method),
      target: withQuery(
        fc.oneof({ weight: 5, arbitrary: fc.constant(path) }, { weight: 1, arbitrary: mangled(fc.constant(path), text) }),
        text,
      ),
      headers: headers(known, text, "application/json"),
      body: fc.oneof(fc.constant(null), json(text), text),
    }),
  );
}

function anything(known: Known, text: fc.Arbitrary<string>): fc.Arbitrary<FuzzRequest> {
  return fc.record({
    method: fc.constantFrom("GET", "POST", "HEAD", "OPTIONS", "PUT"),
    target: withQuery(mangled(fc.constantFrom(...known.paths), text), text),
    headers: headers(known, text, "text/plain"),
    body: fc.oneof(fc.constant(null), text),
  });
}

function mostly(method: string): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 9, arbitrary: fc.constant(method) },
    { weight: 1, arbitrary: fc.constantFrom("GET", "PUT", "DELETE", "OPTIONS") },
  );
}

/** A path with something in the middle of it that does not belong there. */
function mangled(path: fc.Arbitrary<string>, text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(path, text, fc.nat(40)).map(([one, more, at]) => one.slice(0, at) + more + one.slice(at));
}

function withQuery(path: fc.Arbitrary<string>, text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const pairs = fc.array(fc.tuple(text, text), { maxLength: 3 });
  return fc
    .tuple(path, pairs)
    .map(([one, query]) => (query.length === 0 ? one : `${one}?${query.map((pair) => pair.join("=")).join("&")}`));
}

function json(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const name = fc.oneof(
    text,
    fc.constantFrom("agent_id", "connection_id", "scopes", "lifetime", "name", "purpose", "bounds", "query", "variables", "requests"),
  );
  const value = fc.oneof(
    text,
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(text, { maxLength: 3 }),
    fc.dictionary(name, text, { maxKeys: 3 }),
  );
  const plain = fc.dictionary(name, value, { maxKeys: 6 }).map((body) => JSON.stringify(body));
  const deep = fc.constant("[".repeat(5000) + "]".repeat(5000));
  const proto = fc.constant('{"__proto__":{"role":"admin"},"constructor":{"prototype":{"role":"admin"}}}');
  return fc.oneof({ weight: 12, arbitrary: plain }, { weight: 1, arbitrary: deep }, { weight: 1, arbitrary: proto });
}

function headers(known: Known, text: fc.Arbitrary<string>, type: string): fc.Arbitrary<Record<string, string>> {
  const authorization = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...known.authorizations) },
    { weight: 1, arbitrary: text.map((one) => `Bearer ${one}`) },
    { weight: 1, arbitrary: fc.constantFrom(...known.values).map((one) => `DPoP ${one}`) },
    { weight: 1, arbitrary: text.map((one) => `Basic ${Buffer.from(one).toString("base64")}`) },
    { weight: 1, arbitrary: text },
  );
  const contentType = fc.oneof({ weight: 8, arbitrary: fc.constant(type) }, { weight: 1, arbitrary: text });
  const jwt = fc.tuple(json(text), json(text), text).map(([head, body, signature]) => `${base64url(head)}.${base64url(body)}.${signature}`);
  const all = {
    authorization,
    "content-type": contentType,
    traceparent: fc.oneof(
      text,
      text.map((one) => `00-${one}-00f067aa0ba902b7-01`),
    ),
    baggage: fc.oneof(
      text,
      text.map((one) => `valet.run_id=${one}`),
    ),
    dpop: fc.oneof(text, jwt),
    accept: text,
    "valet-connection": fc.oneof(text, fc.constantFrom(...known.values)),
    origin: text,
  };
  return fc
    .record(all, { requiredKeys: ["content-type"] })
    .map((given) => Object.fromEntries(Object.entries(given).map(([name, value]) => [name, asHeader(value)])));
}

function base64url(text: string): string {
  return Buffer.from(text).toString("base64url");
}

/** What a client could not even send is left out of it: node:http refuses it before it goes. */
function asHeader(value: string): string {
  return value.replace(/[^\t\x20-\x7e\x80-\xff]/g, "");
}

/** A half of a character becomes what everybody puts in its place. */
export function wellFormed(text: string): string {
  return Buffer.from(text, "utf8").toString("utf8");
}
