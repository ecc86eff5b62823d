import { ask } from "../../client/src/ask.ts";
import { ValetRefusal, ValetUnreachable } from "../../client/src/index.ts";
import type { Context } from "./context.ts";
import { EXIT, Failure } from "./failure.ts";
import type { KeptPerson } from "./kept.ts";
import { CLI_CLIENT_ID, takeTokens } from "./tokens.ts";

const DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";
/** RFC 8628 section 3.2: where the answer names none. */
const INTERVAL_SECONDS = 5;
/** RFC 8628 section 3.5: by so much with every `slow_down`. */
const SLOWER_SECONDS = 5;

/** What the person is asked to do. RFC 8628 section 3.2. */
export interface DeviceAsked {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly page: string;
  /** The same with the code filled in. */
  readonly pageWithCode: string | undefined;
  readonly intervalSeconds: number;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
}

/** RFC 8628 section 3.1. */
export async function beginDevice(context: Context, url: string): Promise<DeviceAsked> {
  const init = { method: "POST", body: new URLSearchParams({ client_id: CLI_CLIENT_ID }) };
  const begun = context.now();
  const body = await ask({ url, fetch }, "/oauth/device_authorization", init).catch((error: unknown) => {
    if (!(error instanceof ValetRefusal) || error.status !== 404) throw error;
    const next = "Make an API token on your Account page, and run: valet login --token-stdin";
    throw new Failure(EXIT.failure, "This Valet has no login by code.", { next, fix: `${url}/account` });
  });
  const { device_code, user_code, verification_uri, verification_uri_complete, interval, expires_in } = body;
  if (typeof device_code !== "string" || typeof user_code !== "string" || typeof verification_uri !== "string")
    throw new ValetUnreachable("Valet's answer has no code in it.");
  return {
    deviceCode: device_code,
    userCode: user_code,
    page: verification_uri,
    pageWithCode: typeof verification_uri_complete === "string" ? verification_uri_complete : undefined,
    intervalSeconds: typeof interval === "number" ? interval : INTERVAL_SECONDS,
    endsAt: begun + (typeof expires_in === "number" ? expires_in : 600) * 1000,
  };
}

/** Asks until the person has said yes or no, never sooner than Valet allows. RFC 8628 sections 3.4 and 3.5. */
export async function awaitPerson(context: Context, url: string, asked: DeviceAsked): Promise<KeptPerson> {
  for (let seconds = asked.intervalSeconds; ; ) {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    if (context.now() >= asked.endsAt) throw ended();
    const answer = await takeTokens(context, url, {
      grant_type: DEVICE_CODE,
      device_code: asked.deviceCode,
      client_id: CLI_CLIENT_ID,
    }).catch((error: unknown) => waiting(error));
    if (typeof answer !== "string") return answer;
    if (answer === "slow_down") seconds += SLOWER_SECONDS;
    // A connection that timed out is asked at half the pace, until the code ends.
    if (answer === "unreachable") seconds *= 2;
  }
}

function waiting(error: unknown): "pending" | "slow_down" | "unreachable" {
  if (error instanceof ValetUnreachable) return "unreachable";
  if (!(error instanceof ValetRefusal)) throw error;
  switch (error.code) {
    case "authorization_pending":
      return "pending";
    case "slow_down":
      return "slow_down";
    case "expired_token":
      throw ended();
    case "access_denied":
      throw new Failure(EXIT.denied, "The login was refused in the browser. Nothing was kept.");
    default:
      throw error;
  }
}

function ended(): Failure {
  return new Failure(EXIT.interaction, "The code has ended before anybody used it.", { next: "Run: valet login" });
}
