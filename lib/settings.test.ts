import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isLoopback, readSettings, SECRET_SETTINGS, SETTING_NAMES, SettingsError } from "./settings";

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
      keysCommand: null,
      refresher: null,
      demo: false,
      behindProxy: false,
      designPage: true,
      metricsToken: null,
      requestsPerMinute: 6000,
      activityRetentionDays: null,
      endpoints: {},
      oidc: null,
      logLevel: "info",
      otlp: null,
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
      "VALET_ACTIVITY_RETENTION_DAYS",
      "0",
      "VALET_ACTIVITY_RETENTION_DAYS is missing or bad: it should be for how many days activity is kept at least, from 1 to 36500, or unset to keep it for ever.",
    ],
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

describe("a secret in a file", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "valet-settings-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const KEY = `k1:${"A".repeat(43)}`;
  const file = (content: string) => {
    const path = join(folder, `secret-${Math.random()}`);
    writeFileSync(path, content);
    return path;
  };

  test("is read as the setting itself would be, the line's end behind it left out", () => {
    const env = {
      VALET_KEYS_FILE: file(`${KEY}\n`),
      DATABASE_URL_FILE: file("postgresql://valet:pass@db:5432/valet\r\n"),
      VALET_METRICS_TOKEN_FILE: file("  a token with spaces  "),
      OIDC_ISSUER: OIDC.OIDC_ISSUER,
      OIDC_CLIENT_ID: OIDC.OIDC_CLIENT_ID,
      OIDC_CLIENT_SECRET_FILE: file(OIDC.OIDC_CLIENT_SECRET),
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318",
      OTEL_EXPORTER_OTLP_HEADERS_FILE: file("authorization=Bearer%20abc"),
    };
    expect(readSettings(env)).toMatchObject({
      keys: KEY,
      databaseUrl: "postgresql://valet:pass@db:5432/valet",
      metricsToken: "  a token with spaces  ",
      oidc: { clientSecret: OIDC.OIDC_CLIENT_SECRET },
      otlp: { headers: { authorization: "Bearer abc" } },
    });
    // Whoever adds a secret tries it here.
    expect(SECRET_SETTINGS.filter((name) => !Object.keys(env).includes(`${name}_FILE`))).toEqual([]);
    for (const name of SECRET_SETTINGS) expect(SETTING_NAMES).toContain(name);
  });

  test.each(SECRET_SETTINGS)("%s and its file are not both set, and neither value is said", (name) => {
    expect(problem({ [name]: "hunter2", [`${name}_FILE`]: file("hunter2") })).toBe(
      `${name} and ${name}_FILE are both set: leave one of them out.`,
    );
  });

  test("a file that is not there, is no file, is empty or is far too long stops the start, each by its name and its fix", () => {
    expect(
      problem({
        VALET_KEYS_FILE: join(folder, "none"),
        DATABASE_URL_FILE: folder,
        VALET_METRICS_TOKEN_FILE: file("\n"),
        OIDC_CLIENT_SECRET_FILE: file("x".repeat(70_000)),
      }).split("\n"),
    ).toEqual([
      "VALET_KEYS_FILE names a file that is not there: mount it, or give its path.",
      "DATABASE_URL_FILE names a file that is a folder: name the file in it.",
      "VALET_METRICS_TOKEN_FILE names a file that is empty: write the secret into it.",
      "OIDC_CLIENT_SECRET_FILE names a file of more than 64 KiB: no secret is that long.",
    ]);
  });

  test("what stands in it is held to the setting's shape, and not said", () => {
    const said = problem({
      VALET_KEYS_FILE: file("hunter2"),
      DATABASE_URL_FILE: file("hunter2"),
      VALET_METRICS_TOKEN_FILE: file("hunter2"),
    });
    expect(said).not.toContain("hunter2");
    for (const name of ["VALET_KEYS", "DATABASE_URL", "VALET_METRICS_TOKEN"])
      expect(said).toContain(`${name} is missing or bad: it should be`);
  });

  test("only secrets come so", () => {
    expect(readSettings({ PORT_FILE: file("4000"), VALET_PUBLIC_URL_FILE: file("https://elsewhere.test") })).toMatchObject({
      port: 3000,
      publicUrl: "http://localhost:3000",
    });
  });
});

describe("tracing", () => {
  const otlp = (env: Record<string, string>) => readSettings(env).otlp;

  test("is off until a collector is named, and by each standard way to switch it off", () => {
    expect(otlp({ OTEL_SERVICE_NAME: "valet-eu" })).toBeNull();
    const on = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318/" };
    expect(otlp(on)).toEqual({
      url: "http://localhost:4318/v1/traces",
      headers: {},
      timeoutMs: 10_000,
      resource: { "service.name": "valet" },
      sampler: { name: "parentbased_always_on", share: 1 },
      delayMs: 5000,
      queueMax: 2048,
      upstream: false,
    });
    expect(otlp({ ...on, OTEL_SDK_DISABLED: "true" })).toBeNull();
    expect(otlp({ ...on, OTEL_TRACES_EXPORTER: "none" })).toBeNull();
  });

  test("takes the whole address for traces as it stands, and what its owner says of this process", () => {
    expect(
      otlp({
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://elsewhere:4318",
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://collector.example.com/own/path",
        OTEL_RESOURCE_ATTRIBUTES: "deployment.environment=prod%20eu,service.name=other",
        OTEL_SERVICE_NAME: "valet-eu",
      }),
    ).toMatchObject({
      url: "https://collector.example.com/own/path",
      resource: { "deployment.environment": "prod eu", "service.name": "valet-eu" },
    });
  });

  test("does not speak what Valet does not: the start says so", () => {
    expect(problem({ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" })).toBe(
      "OTEL_EXPORTER_OTLP_PROTOCOL is missing or bad: it should be http/json, which is what Valet speaks, or unset.",
    );
    expect(problem({ OTEL_EXPORTER_OTLP_HEADERS: "hunter2" })).not.toContain("hunter2");
  });
});
