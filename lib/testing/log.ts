import type { Log } from "../ctx";

export interface LogLine {
  readonly level: "info" | "warn" | "error";
  readonly event: string;
  readonly fields: Record<string, unknown>;
}

/** A log that prints nothing and keeps its lines. */
export interface TestLog extends Log {
  readonly lines: readonly LogLine[];
}

export function testLog(): TestLog {
  const lines: LogLine[] = [];
  const at =
    (level: LogLine["level"]) =>
    (event: string, fields: Record<string, unknown> = {}) => {
      lines.push({ level, event, fields });
    };
  return { lines, info: at("info"), warn: at("warn"), error: at("error") };
}
