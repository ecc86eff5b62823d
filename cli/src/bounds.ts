import type { Command } from "commander";
import { EXIT, Failure } from "./failure.ts";
import type { Bounds } from "./wire.ts";

/** What narrows a grant beyond its permissions, as options. */
export interface BoundOptions {
  readonly repo?: readonly string[];
  readonly resource?: readonly string[];
  readonly callsPerHour?: string;
  readonly writesPerRun?: string;
}

const more = (value: string, before: readonly string[] = []) => [...before, value];

export function addBoundOptions(command: Command): Command {
  return command
    .option("--repo <owner/name>", "only this repository; may be said several times", more)
    .option("--resource <kind:name>", "only this thing: channel:C024, project:ABC; several times", more)
    .option("--calls-per-hour <n>", "at most so many calls in an hour")
    .option("--writes-per-run <n>", "at most so many changes in a run");
}

/** Undefined where nothing was said. */
export function readBoundOptions(options: BoundOptions): Bounds | undefined {
  const resources: Record<string, string[]> = {};
  for (const name of options.repo ?? []) add(resources, "repository", name);
  for (const one of options.resource ?? []) {
    const [, kind = "", name = ""] = /^([a-z_-]+):(.+)$/.exec(one) ?? [];
    if (!kind) throw new Failure(EXIT.usage, "--resource is written as kind:name, such as channel:C024BE91L.");
    add(resources, kind, name);
  }
  const bounds = {
    ...(Object.keys(resources).length > 0 ? { resources } : {}),
    ...(options.callsPerHour === undefined ? {} : { calls_per_hour: whole("--calls-per-hour", options.callsPerHour) }),
    ...(options.writesPerRun === undefined ? {} : { writes_per_run: whole("--writes-per-run", options.writesPerRun) }),
  };
  return Object.keys(bounds).length > 0 ? bounds : undefined;
}

function add(resources: Record<string, string[]>, kind: string, name: string): void {
  resources[kind] = [...(resources[kind] ?? []), name];
}

function whole(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Failure(EXIT.usage, `${option} takes a whole number.`);
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** "90m", "8h", "7d" in seconds. */
export function readTtl(text: string): number {
  const [, count, unit = ""] = /^(\d{1,7})([smhd])$/.exec(text) ?? [];
  if (count === undefined) throw new Failure(EXIT.usage, "--ttl is written as 30m, 8h or 7d.");
  return Number(count) * (UNITS[unit] ?? 1);
}

/** "issues:read,pulls:read", also with spaces. */
export function readScopeList(text: string): string[] {
  const scopes = text.split(/[\s,]+/).filter(Boolean);
  if (scopes.length === 0) throw new Failure(EXIT.usage, "--scopes names no permission.");
  return scopes;
}
