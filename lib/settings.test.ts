import { describe, expect, test } from "vitest";
import { isLoopback, readSettings, SettingsError } from "./settings";

const OIDC = { OIDC_ISSUER: "https://login.example.com", OIDC_CLIENT_ID: "valet", OIDC_CLIENT_SECRET: "s3cret-of-ours" };

function problem(env: Record<string, string | undefined>): string {
  try {
    readSettings(env);
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as Error).message;
  }
  throw new Error("It was accepted.");
}

describe("settings", () => {
  test("nothing set: this machine only, with the embedded database and keys of its own", () => {
    expect(readSettings({})).toEqual({
      production: false,
      host: "127.0.0.1",
      port: 3000,
      publicUrl: "http://localhost:3000",
      databaseUrl: null,
      dataDir: ".valet",
      keys: null,
      refresher: null,
      demo: false,
      behindProxy: false,
      designPage: true,
      metricsToken: null,
      requestsPerMinute: 6000,
      endpoints: {},
      oidc: null,
      logLevel: "info",
    });
  });

  test("the page of components is for development, unless it is asked for", () => {
    expect(readSettings({ NODE_ENV: "production" })).toMatchObject({ designPage: false });
    expect(readSettings({ NODE_ENV: "production", VALET_DESIGN_PAGE: "1" })).toMatchObject({ designPage: true });
    expect(readSettings({ VALET_DESIGN_PAGE: "0" })).toMatchObject({ designPage: false });
    expect(problem({ VALET_DESIGN_PAGE: "yes" })).toContain("VALET_DESIGN_PAGE");
  });

  test("an empty setting is one that is not set", () => {
    expect(readSettings({ DATABASE_URL: "", PORT: "" })).toMatchObject({ databaseUrl: null, port: 3000 });
  });

  test("the public URL loses its last slash, and is the issuer letter for letter", () => {
    expect(readSettings({ VALET_PUBLIC_URL: "https://Valet.Example.com/" }).publicUrl).toBe("https://valet.example.com");
  });

  test("a connector's endpoints can be moved, the one for tokens in single resources too", () => {
    const endpoints = { "google-cloud": { tokenUrl: "http://127.0.0.1:4301/t", boundaryUrl: "http://127.0.0.1:4301/sts" } };
    expect(readSettings({ VALET_ENDPOINTS: JSON.stringify(endpoints) }).endpoints).toEqual(endpoints);
  });

  test("single sign-on takes its three settings and the domains in lower case", () => {
    expect(readSettings({ ...OIDC, OIDC_EMAIL_DOMAINS: "Example.com, example.org" }).oidc).toEqual({
      issuer: "https://login.example.com",
      clientId: "valet",
      clientSecret: "s3cret-of-ours",
      name: "single sign-on",
      emailDomains: ["example.com", "example.org"],
    });
  });
});

describe("a bad setting stops the start with its name and its fix:", () => {
  test.each([
    [
      "VALET_REQUESTS_PER_MINUTE",
      "0",
      "VALET_REQUESTS_PER_MINUTE is missing or bad: it should be how many requests one client may send to /oauth in a minute, from 1 to 1000000.",
    ],
    ["PORT", "99999", "PORT is missing or bad: it should be a port number from 1 to 65535."],
    ["PORT", "http", "PORT is missing or bad: it should be a port number from 1 to 65535."],
    ["NODE_ENV", "prod", "NODE_ENV is missing or bad: it should be development, test or production."],
    ["VALET_DEMO", "yes", "VALET_DEMO is missing or bad: it should be 1 for the demo, otherwise unset."],
    ["LOG_LEVEL", "loud", "LOG_LEVEL is missing or bad: it should be debug, info, warn, error or silent."],
    [
      "VALET_PUBLIC_URL",
      "valet.example.com",
      "VALET_PUBLIC_URL is missing or bad: it should be the https origin people and agents reach Valet at, such as https://valet.example.com.",
    ],
    [
      "DATABASE_URL",
      "mysql://root@db/valet",
      "DATABASE_URL is missing or bad: it should be a PostgreSQL address such as postgresql://user:password@host:5432/valet, or unset for the embedded one.",
    ],
    [
      "VALET_KEYS",
      "k1:c2hvcnQ",
      'VALET_KEYS is missing or bad: it should be one or more "id:key" separated by commas, newest first; make one with: npm run keys.',
    ],
    [
      "VALET_ENDPOINTS",
      "{",
      'VALET_ENDPOINTS is missing or bad: it should be JSON such as {"github":{"apiBaseUrl":"https://ghe.example.com/api/v3"}}.',
    ],
    [
      "VALET_ENDPOINTS",
      '{"github":{"apiBase":"https://ghe.example.com"}}',
      'VALET_ENDPOINTS is missing or bad: it should be JSON such as {"github":{"apiBaseUrl":"https://ghe.example.com/api/v3"}}.',
    ],
    [
      "OIDC_ISSUER",
      "login",
      "OIDC_ISSUER is missing or bad: it should be the issuer address of your OpenID provider, exactly as in its discovery document.",
    ],
  ])("%s=%s", (name, value, message) => {
    expect(problem({ [name]: value })).toBe(message);
  });

  test("all bad ones are named at once, each on its line", () => {
    expect(problem({ PORT: "0", LOG_LEVEL: "loud" }).split("\n")).toEqual([
      "PORT is missing or bad: it should be a port number from 1 to 65535.",
      "LOG_LEVEL is missing or bad: it should be debug, info, warn, error or silent.",
    ]);
  });

  test("its value is not repeated: it may be a secret in the wrong place", () => {
    expect(problem({ DATABASE_URL: "hunter2", VALET_KEYS: "hunter2", OIDC_ISSUER: "hunter2", VALET_ENDPOINTS: "hunter2" })).not.toContain(
      "hunter2",
    );
  });

  test.each(["OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"])("single sign-on without %s", (missing) => {
    expect(problem({ ...OIDC, [missing]: undefined })).toBe(
      "OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET belong together: set all three, or none.",
    );
  });

  test.each([
    "https://valet.example.com/app",
    "https://valet.example.com/?a=1",
    "https://valet.example.com/#a",
    "https://me@valet.example.com/",
  ])("a public URL that is more than an origin: %s", (VALET_PUBLIC_URL) => {
    expect(problem({ VALET_PUBLIC_URL })).toBe("VALET_PUBLIC_URL must be an origin alone: scheme, host and port, without a path.");
  });

  test("plain http in production, other than on this machine", () => {
    expect(problem({ NODE_ENV: "production", VALET_PUBLIC_URL: "http://valet.example.com" })).toBe(
      "VALET_PUBLIC_URL must be https in production: tokens travel over it. Put TLS in front and give the https origin.",
    );
    expect(readSettings({ NODE_ENV: "production", VALET_PUBLIC_URL: "http://127.0.0.1:3000" }).production).toBe(true);
  });
});

describe("the demo", () => {
  const refused =
    "VALET_DEMO=1 signs people in without a password, so it runs on loopback only: unset VALET_DEMO, or unset VALET_PUBLIC_URL and HOST.";

  test("runs on this machine", () => {
    expect(readSettings({ VALET_DEMO: "1" }).demo).toBe(true);
    expect(readSettings({ VALET_DEMO: "1", VALET_PUBLIC_URL: "http://127.0.0.1:4000", HOST: "::1" }).demo).toBe(true);
  });

  test.each([
    "https://valet.example.com",
    "http://10.0.0.5:3000",
    "http://localhost.example.com",
    "http://127.0.0.1.example.com",
    "http://[::]:3000",
    "http://0.0.0.0:3000",
  ])("is refused on the public base URL %s", (VALET_PUBLIC_URL) => {
    expect(problem({ VALET_DEMO: "1", VALET_PUBLIC_URL })).toBe(refused);
  });

  test.each(["0.0.0.0", "::", "192.168.1.4", "valet.example.com"])("is refused when it would listen on %s", (HOST) => {
    expect(problem({ VALET_DEMO: "1", HOST })).toBe(refused);
  });
});

test.each([
  ["localhost", true],
  ["127.0.0.1", true],
  ["127.9.9.9", true],
  ["[::1]", true],
  ["0.0.0.0", false],
  ["127.0.0.1.example.com", false],
  ["example.com", false],
])("%s is loopback: %s", (hostname, expected) => {
  expect(isLoopback(hostname)).toBe(expected);
});
