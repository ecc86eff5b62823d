import { z } from "zod";
import type { Connector } from "../connectors/connector";
import { isRefusal, Refusal } from "../errors";
import { type Bounds, boundsInput, boundsWithin, CALLS_PER_HOUR_MAX, checkBounds } from "./bounds";

/** RFC 9396: the one kind of details that is taken and answered here. */
export const CONNECTOR_ACCESS = "urn:valet:params:oauth:authorization-details:connector-access";

/** What narrows a hop beyond its scopes: its bounds, and the calls that it and all below it may make. */
export interface HopLimits {
  readonly bounds: Bounds | null;
  readonly callsMax: number | null;
}

const most = z.number().int().min(1).max(CALLS_PER_HOUR_MAX);
const { resources, callsPerHour, writesPerRun } = boundsInput.shape;
/** Strict: what is not understood is refused and never passed over, since it might have been meant to narrow. */
const detailsInput = z.tuple([
  z.strictObject({
    type: z.literal(CONNECTOR_ACCESS),
    resources,
    calls_per_hour: callsPerHour,
    writes_per_run: writesPerRun,
    calls: most.optional(),
  }),
]);

/** What was asked, as we keep it. */
export interface AskedDetails {
  readonly bounds: Bounds;
  readonly calls: number | undefined;
}

/** Reads an `authorization_details` parameter. Refuses `invalid_authorization_details` (RFC 9396 section 5) for anything that is not exactly this. */
export function readDetails(text: string): AskedDetails {
  const parsed = detailsInput.safeParse(readJson(text));
  if (!parsed.success) {
    const at = parsed.error.issues[0]?.path.slice(1).join(".");
    throw refuseDetails(
      "details_malformed",
      at ? `authorization_details is not right at ${printable(at)}.` : "authorization_details is not right.",
    );
  }
  const [{ calls, calls_per_hour, writes_per_run, resources: only }] = parsed.data;
  const bounds = {
    ...(only ? { resources: only } : {}),
    ...(calls_per_hour === undefined ? {} : { callsPerHour: calls_per_hour }),
    ...(writes_per_run === undefined ? {} : { writesPerRun: writes_per_run }),
  };
  return { bounds, calls };
}

/**
 * The limits of a hop: what was asked over what it came with. What is not asked stays as it was, so nothing can be dropped by
 * leaving it out; what is asked has to be the same or tighter. Pure.
 *
 * @throws Refusal `invalid_authorization_details`: `details_beyond_token`, or what `checkBounds` refuses.
 */
export function narrowLimits(connector: Connector, scopes: readonly string[], parent: HopLimits, asked: AskedDetails | null): HopLimits {
  if (!asked) return parent;
  const own = checked(connector, scopes, asked.bounds);
  const bounds = merge(parent.bounds, own);
  const callsMax = asked.calls ?? parent.callsMax;
  const fewer = parent.callsMax === null || (callsMax !== null && callsMax <= parent.callsMax);
  if (!fewer || !boundsWithin(connector, bounds, parent.bounds))
    throw refuseDetails("details_beyond_token", "authorization_details asks for more than the token has.");
  return { bounds, callsMax };
}

function checked(connector: Connector, scopes: readonly string[], asked: Bounds): Bounds | null {
  try {
    return checkBounds(connector, scopes, asked);
  } catch (error) {
    throw isRefusal(error) ? refuseDetails(error.reason, error.message) : error;
  }
}

function merge(parent: Bounds | null, own: Bounds | null): Bounds | null {
  const only = { ...parent?.resources, ...own?.resources };
  const merged = { ...parent, ...own, ...(Object.keys(only).length > 0 ? { resources: only } : {}) };
  return Object.keys(merged).length > 0 ? merged : null;
}

/** What was granted, as it is answered (RFC 9396 section 7). Null where nothing narrows it beyond its scopes. */
export function spellDetails({ bounds, callsMax }: HopLimits): readonly object[] | null {
  if (bounds === null && callsMax === null) return null;
  const { resources: only, callsPerHour: perHour, writesPerRun: perRun } = bounds ?? {};
  return [
    {
      type: CONNECTOR_ACCESS,
      ...(only ? { resources: only } : {}),
      ...(perHour === undefined ? {} : { calls_per_hour: perHour }),
      ...(perRun === undefined ? {} : { writes_per_run: perRun }),
      ...(callsMax === null ? {} : { calls: callsMax }),
    },
  ];
}

function refuseDetails(reason: string, message: string): Refusal {
  return new Refusal("invalid_authorization_details", message, {
    reason,
    next: `Send a JSON array with one object of type ${CONNECTOR_ACCESS}: resources, calls_per_hour, writes_per_run and calls, each the same or tighter than the token's.`,
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A place in what was sent, only if it is one of ours. */
function printable(at: string): string {
  return /^(type|resources|calls_per_hour|writes_per_run|calls)/.exec(at)?.[0] ?? "a member";
}
