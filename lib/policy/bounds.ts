import { z } from "zod";

export const RESOURCES_MAX = 50;
export const CALLS_PER_HOUR_MAX = 100_000;
export const WRITES_PER_RUN_MAX = 10_000;

/** What narrows a grant beyond its scopes. All of it is held by the gateway, so a bounded grant is never delivered directly. */
export const boundsInput = z.strictObject({
  /** By kind of the connector: `{"repository": ["acme/site"]}`. A call that names none of them is refused. */
  resources: z.record(z.string().max(40), z.array(z.string().min(1).max(200)).min(1).max(RESOURCES_MAX)).optional(),
  /** Calls through the gateway in any hour. */
  callsPerHour: z.number().int().min(1).max(CALLS_PER_HOUR_MAX).optional(),
  /** Calls that write, in one run. A call that names no run counts as one of a run without a name. */
  writesPerRun: z.number().int().min(0).max(WRITES_PER_RUN_MAX).optional(),
});
export type Bounds = z.output<typeof boundsInput>;

/** The repositories of a grant's bounds, as `owner/name`; null when it has no such bound. The gateway holds whatever bounds there are. */
export function boundRepositories(bounds: unknown): readonly string[] | null {
  const read = boundsInput.pick({ resources: true }).loose().safeParse(bounds);
  return read.data?.resources?.repository ?? null;
}
