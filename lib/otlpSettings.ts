import { z } from "zod";

/** What one list of `name=value` pairs may hold. */
const PAIRS = /^[^=,\s]+=[^,]*(,[^=,\s]+=[^,]*)*$/;
const url = z.url({ protocol: /^https?$/ });
const whole = (most: number) => z.coerce.number().int().min(1).max(most);

const SAMPLERS = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;
export type SamplerName = (typeof SAMPLERS)[number];

/** The environment variables of OpenTelemetry's specification that Valet knows, under the names they have everywhere. */
export const otlpEnvironment = {
  OTEL_EXPORTER_OTLP_ENDPOINT: url.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: z.string().regex(PAIRS).optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.literal("http/json").optional(),
  OTEL_EXPORTER_OTLP_TIMEOUT: whole(60_000).default(10_000),
  OTEL_SERVICE_NAME: z.string().min(1).max(200).default("valet"),
  OTEL_RESOURCE_ATTRIBUTES: z.string().regex(PAIRS).optional(),
  OTEL_TRACES_EXPORTER: z.enum(["otlp", "none"]).default("otlp"),
  OTEL_TRACES_SAMPLER: z.enum(SAMPLERS).default("parentbased_always_on"),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  OTEL_BSP_SCHEDULE_DELAY: whole(60_000).default(5000),
  OTEL_BSP_MAX_QUEUE_SIZE: whole(1_000_000).default(2048),
  OTEL_SDK_DISABLED: z.enum(["true", "false"]).default("false"),
  VALET_TRACE_UPSTREAM: z.enum(["0", "1"]).default("0"),
};

export interface OtlpSettings {
  /** Takes `POST`ed traces, OTLP over HTTP as JSON. */
  readonly url: string;
  /** May be secret. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly resource: Readonly<Record<string, string>>;
  readonly sampler: { readonly name: SamplerName; readonly share: number };
  readonly delayMs: number;
  readonly queueMax: number;
  /** Whether a SaaS is told the trace that a call belongs to. */
  readonly upstream: boolean;
}

const schema = z.object(otlpEnvironment);

/** Null where no collector is named, or tracing is switched off. */
export function readOtlp(values: z.infer<typeof schema>): OtlpSettings | null {
  const base = values.OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/$/, "");
  const at = values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base ? `${base}/v1/traces` : null);
  if (!at || values.OTEL_SDK_DISABLED === "true" || values.OTEL_TRACES_EXPORTER === "none") return null;
  return {
    url: at,
    headers: pairs(values.OTEL_EXPORTER_OTLP_HEADERS),
    timeoutMs: values.OTEL_EXPORTER_OTLP_TIMEOUT,
    resource: { ...pairs(values.OTEL_RESOURCE_ATTRIBUTES), "service.name": values.OTEL_SERVICE_NAME },
    sampler: { name: values.OTEL_TRACES_SAMPLER, share: values.OTEL_TRACES_SAMPLER_ARG },
    delayMs: values.OTEL_BSP_SCHEDULE_DELAY,
    queueMax: values.OTEL_BSP_MAX_QUEUE_SIZE,
    upstream: values.VALET_TRACE_UPSTREAM === "1",
  };
}

function pairs(text: string | undefined): Record<string, string> {
  const entries = (text ?? "").split(",").flatMap((pair) => {
    const at = pair.indexOf("=");
    return at > 0 ? [[pair.slice(0, at).trim(), decode(pair.slice(at + 1).trim())]] : [];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
