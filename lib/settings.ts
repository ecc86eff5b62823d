import { z } from "zod";
import { type OtlpSettings, otlpEnvironment, readOtlp } from "./otlpSettings";
import { readSecretFiles } from "./secretFiles";

/** A setting is missing or bad: names it and says the fix. Stops the start. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/** A key ring as text: `id:key` separated by commas, newest first; keys are 32 bytes as base64url. */
export const RING = /^[a-z0-9]{1,16}:[A-Za-z0-9_-]{43}(,[a-z0-9]{1,16}:[A-Za-z0-9_-]{43})*$/;

const url = z.url({ protocol: /^https?$/ });

const endpoints = z.strictObject({
  authorizeUrl: url.optional(),
  tokenUrl: url.optional(),
  revokeUrl: url.optional(),
  accountUrl: url.optional(),
  apiBaseUrl: url.optional(),
  issuer: url.optional(),
  boundaryUrl: url.optional(),
});

const environment = z.object({
  NODE_ENV: z.enum(["development", "test", "production"]).default("development"),
  HOST: z.string().min(1).default("127.0.0.1"),
  PORT: z.coerce.number().int().min(1).max(65_535).default(3000),
  VALET_PUBLIC_URL: url.optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  VALET_DATA_DIR: z.string().min(1).default(".valet"),
  VALET_KEYS: z.string().regex(RING).optional(),
  VALET_KEYS_COMMAND: z
    .string()
    .transform((text, context) => (text.trim().startsWith("[") ? readJson(text, context) : text.trim().split(/\s+/)))
    .pipe(z.tuple([z.string().min(1)], z.string()))
    .optional(),
  VALET_WEB_KEYS: z.string().min(1).optional(),
  VALET_REFRESHER_SOCKET: z.string().min(1).optional(),
  VALET_REFRESHER_TOKEN: z.string().min(32).optional(),
  VALET_STARTED_AGAIN: z.coerce.number().int().min(0).default(0),
  VALET_DEMO: z.enum(["0", "1"]).default("0"),
  VALET_DESIGN_PAGE: z.enum(["0", "1"]).optional(),
  VALET_METRICS_TOKEN: z.string().min(16).optional(),
  VALET_BEHIND_PROXY: z.enum(["0", "1"]).default("0"),
  VALET_REQUESTS_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(6000),
  VALET_ACTIVITY_RETENTION_DAYS: z.coerce.number().int().min(1).max(36_500).optional(),
  VALET_ENDPOINTS: z
    .string()
    .default("{}")
    .transform((text, context) => readJson(text, context))
    .pipe(z.record(z.string(), endpoints)),
  OIDC_ISSUER: url.optional(),
  OIDC_CLIENT_ID: z.string().min(1).optional(),
  OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  OIDC_NAME: z.string().min(1).default("single sign-on"),
  OIDC_EMAIL_DOMAINS: z.string().default(""),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  ...otlpEnvironment,
});

/** What the starter tells its two processes of each other. Nobody sets them by hand. */
const OF_THE_STARTER = new Set(["VALET_REFRESHER_SOCKET", "VALET_REFRESHER_TOKEN", "VALET_WEB_KEYS", "VALET_STARTED_AGAIN"]);
/** Every setting there is, as an environment variable; docs/operations.md has a row for each. */
export const SETTING_NAMES = Object.keys(environment.shape).filter((name) => !OF_THE_STARTER.has(name));
/** Those that may come as a file, by their name with `_FILE` behind it. */
export const SECRET_SETTINGS = [
  "VALET_KEYS",
  "DATABASE_URL",
  "VALET_METRICS_TOKEN",
  "OIDC_CLIENT_SECRET",
  "OTEL_EXPORTER_OTLP_HEADERS",
] as const;

const FIXES: Record<string, string> = {
  PORT: "a port number from 1 to 65535",
  VALET_PUBLIC_URL: "the https origin people and agents reach Valet at, such as https://valet.example.com",
  DATABASE_URL: "a PostgreSQL address such as postgresql://user:password@host:5432/valet, or unset for the embedded one",
  VALET_KEYS: 'one or more "id:key" separated by commas, newest first; make one with: npm run keys',
  VALET_KEYS_COMMAND:
    'a program and its arguments that prints the key ring, such as vault-ring --name valet, or JSON: ["program","an argument"]',
  VALET_ENDPOINTS: 'JSON such as {"github":{"apiBaseUrl":"https://ghe.example.com/api/v3"}}',
  OIDC_ISSUER: "the issuer address of your OpenID provider, exactly as in its discovery document",
  NODE_ENV: "development, test or production",
  VALET_DEMO: "1 for the demo, otherwise unset",
  VALET_DESIGN_PAGE: "1 to show /design, 0 not to; unset, it is shown in development alone",
  VALET_BEHIND_PROXY: "1 when every request comes through a proxy of yours that sets X-Forwarded-For, otherwise unset",
  VALET_METRICS_TOKEN: "at least 16 characters that Prometheus sends as its bearer token, or unset for no /metrics",
  VALET_REQUESTS_PER_MINUTE: "how many requests one client may send to /oauth in a minute, from 1 to 1000000",
  VALET_ACTIVITY_RETENTION_DAYS: "for how many days activity is kept at least, from 1 to 36500, or unset to keep it for ever",
  LOG_LEVEL: "debug, info, warn, error or silent",
  OTEL_EXPORTER_OTLP_ENDPOINT: "the address of your OpenTelemetry collector for OTLP over HTTP, such as http://localhost:4318",
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "the whole address that takes traces, such as http://localhost:4318/v1/traces",
  OTEL_EXPORTER_OTLP_PROTOCOL: "http/json, which is what Valet speaks, or unset",
  OTEL_EXPORTER_OTLP_HEADERS: "name=value pairs separated by commas, values percent-encoded",
  OTEL_TRACES_SAMPLER: "one of the samplers of the OpenTelemetry specification, such as parentbased_traceidratio",
  OTEL_TRACES_SAMPLER_ARG: "a share from 0 to 1",
  OTEL_EXPORTER_OTLP_TIMEOUT: "milliseconds from 1 to 60000",
  OTEL_BSP_SCHEDULE_DELAY: "milliseconds from 1 to 60000",
  OTEL_BSP_MAX_QUEUE_SIZE: "how many spans may wait, from 1 to 1000000",
  OTEL_RESOURCE_ATTRIBUTES: "name=value pairs separated by commas, values percent-encoded",
  OTEL_TRACES_EXPORTER: "otlp or none",
  OTEL_SDK_DISABLED: "true or false",
  VALET_TRACE_UPSTREAM: "1 to send traceparent to the SaaS, otherwise unset",
};

export type ConnectorEndpoints = z.infer<typeof endpoints>;

export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly name: string;
  /** Lower case. Empty: anybody the provider signs in becomes a member. */
  readonly emailDomains: readonly string[];
}

/** Made by the starter for its own processes: nobody sets these by hand. */
export interface RefresherSettings {
  readonly socket: string;
  /** Shown with each connection to the socket. */
  readonly token: string;
  /** All keys that the web process has. Null: this is the refresher, which has the ring. */
  readonly webKeys: string | null;
  /** How often the starter had to start this process again. */
  readonly startedAgain: number;
}

export interface Settings {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  /** Origin without a slash at the end; also our OAuth issuer. */
  readonly publicUrl: string;
  /** Null: the embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  /** Null: kept in `dataDir`, made at the first start. */
  readonly keys: string | null;
  /** Set where the starter runs a refresher beside the web process; null where one process does all. */
  readonly refresher: RefresherSettings | null;
  /** A program and its arguments that prints the ring. Null: none. */
  readonly keysCommand: readonly [string, ...string[]] | null;
  readonly demo: boolean;
  /** The last address of X-Forwarded-For is the caller's: a proxy of the operator's own wrote it. */
  readonly behindProxy: boolean;
  /** Whether /design shows the components of the pages. */
  readonly designPage: boolean;
  /** What Prometheus shows to read /metrics. Null: there is no /metrics. */
  readonly metricsToken: string | null;
  /** What one client may send to the OAuth endpoints in a minute, over all processes. */
  readonly requestsPerMinute: number;
  /** Older months of activity are dropped. Null: it is kept for ever. */
  readonly activityRetentionDays: number | null;
  readonly endpoints: Readonly<Record<string, ConnectorEndpoints>>;
  readonly oidc: OidcSettings | null;
  readonly logLevel: string;
  /** Where spans go. Null: there is no tracing. */
  readonly otlp: OtlpSettings | null;
}

/**
 * Parses the environment once.
 *
 * @throws SettingsError with every bad setting by name and what it should be, never with its value.
 */
export function readSettings(env: Record<string, string | undefined>): Settings {
  const { values: whole, problems } = readSecretFiles(env, SECRET_SETTINGS);
  if (problems.length > 0) throw new SettingsError(problems.join("\n"));
  const given = Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = environment.safeParse(given);
  if (!parsed.success) throw new SettingsError(explain(parsed.error));
  const values = parsed.data;
  const settings: Settings = {
    production: values.NODE_ENV === "production",
    host: values.HOST,
    port: values.PORT,
    publicUrl: readOrigin(values.VALET_PUBLIC_URL ?? `http://localhost:${values.PORT}`),
    databaseUrl: values.DATABASE_URL ?? null,
    dataDir: values.VALET_DATA_DIR,
    keys: values.VALET_KEYS ?? null,
    refresher: readRefresher(values),
    keysCommand: values.VALET_KEYS_COMMAND ?? null,
    demo: values.VALET_DEMO === "1",
    behindProxy: values.VALET_BEHIND_PROXY === "1",
    designPage: values.VALET_DESIGN_PAGE ? values.VALET_DESIGN_PAGE === "1" : values.NODE_ENV !== "production",
    metricsToken: values.VALET_METRICS_TOKEN ?? null,
    requestsPerMinute: values.VALET_REQUESTS_PER_MINUTE,
    activityRetentionDays: values.VALET_ACTIVITY_RETENTION_DAYS ?? null,
    endpoints: values.VALET_ENDPOINTS,
    oidc: readOidc(values),
    logLevel: values.LOG_LEVEL,
    otlp: readOtlp(values),
  };
  refuseUnsafe(settings);
  return settings;
}

/** Whether an address can only be reached from this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname === "::1" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function readOidc(values: z.infer<typeof environment>): OidcSettings | null {
  const parts = [values.OIDC_ISSUER, values.OIDC_CLIENT_ID, values.OIDC_CLIENT_SECRET];
  if (parts.every((part) => part === undefined)) return null;
  const [issuer, clientId, clientSecret] = parts;
  if (!issuer || !clientId || !clientSecret) {
    throw new SettingsError("OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET belong together: set all three, or none.");
  }
  const emailDomains = values.OIDC_EMAIL_DOMAINS.toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  return { issuer, clientId, clientSecret, name: values.OIDC_NAME, emailDomains };
}

function readRefresher(values: z.infer<typeof environment>): RefresherSettings | null {
  const { VALET_REFRESHER_SOCKET: socket, VALET_REFRESHER_TOKEN: token, VALET_WEB_KEYS: webKeys = null } = values;
  if (socket && token) return { socket, token, webKeys, startedAgain: values.VALET_STARTED_AGAIN };
  if (webKeys) throw new SettingsError("VALET_WEB_KEYS is for the starter to set: unset it, and start Valet with npm start.");
  return null;
}

function refuseUnsafe(settings: Settings): void {
  if (settings.keys && settings.keysCommand)
    throw new SettingsError("VALET_KEYS and VALET_KEYS_COMMAND both give the key ring: set one of them.");
  const at = new URL(settings.publicUrl);
  if (settings.demo && !(isLoopback(at.hostname) && isLoopback(settings.host))) {
    throw new SettingsError(
      "VALET_DEMO=1 signs people in without a password, so it runs on loopback only: unset VALET_DEMO, or unset VALET_PUBLIC_URL and HOST.",
    );
  }
  if (settings.production && at.protocol !== "https:" && !isLoopback(at.hostname)) {
    throw new SettingsError(
      "VALET_PUBLIC_URL must be https in production: tokens travel over it. Put TLS in front and give the https origin.",
    );
  }
}

function readOrigin(text: string): string {
  const at = new URL(text);
  if (at.pathname !== "/" || at.search || at.hash || at.username) {
    throw new SettingsError("VALET_PUBLIC_URL must be an origin alone: scheme, host and port, without a path.");
  }
  return at.origin;
}

function readJson(text: string, context: z.core.$RefinementCtx<string>): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: "custom", message: "is not JSON" });
    return z.NEVER;
  }
}

function explain(error: z.ZodError): string {
  const names = [...new Set(error.issues.map((issue) => String(issue.path[0] ?? "settings")))];
  return names.map((name) => `${name} is missing or bad: it should be ${FIXES[name] ?? "a text that is not empty"}.`).join("\n");
}
