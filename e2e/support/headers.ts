/** An answer as far as its safety goes. */
export interface Told {
  readonly where: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const FIXED: Readonly<Record<string, RegExp>> = {
  "referrer-policy": /^(same-origin|no-referrer)$/,
  "permissions-policy": /^camera=\(\), microphone=\(\), geolocation=\(\)/,
  "x-content-type-options": /^nosniff$/,
  "x-frame-options": /^DENY$/,
  "cross-origin-opener-policy": /^same-origin$/,
  "cross-origin-resource-policy": /^same-origin$/,
  "cache-control": /\bno-store\b/,
};

/** Everything that is unsafe about a page's answer, as sentences. */
export function findUnsafe({ where, headers, body }: Told): string[] {
  const policy = readPolicy(headers["content-security-policy"] ?? "");
  const nonce = nonceOf(headers);
  const wrong = [
    ...Object.entries(FIXED).flatMap(([name, wanted]) => (wanted.test(headers[name] ?? "") ? [] : [`${name} is "${headers[name] ?? ""}"`])),
    ...judgePolicy(policy),
    ...(/\bhtml\b/.test(headers["content-type"] ?? "") ? judgeHtml(body, nonce) : []),
    ...("x-powered-by" in headers ? ["it says what it is made with"] : []),
  ];
  return wrong.map((what) => `${where}: ${what}`);
}

export function nonceOf(headers: Readonly<Record<string, string>>): string | undefined {
  return /'nonce-([^']+)'/.exec(headers["content-security-policy"] ?? "")?.[1];
}

function readPolicy(text: string): Map<string, string[]> {
  return new Map(
    text.split(";").flatMap((part) => {
      const [name, ...values] = part.trim().split(/\s+/);
      return name ? [[name, values] as const] : [];
    }),
  );
}

function judgePolicy(policy: ReadonlyMap<string, readonly string[]>): string[] {
  const exact = {
    "default-src": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "form-action": "'self'",
  };
  const scripts = policy.get("script-src") ?? [];
  const loose = scripts.filter((one) => !/^('self'|'strict-dynamic'|'nonce-[\w+/=]{20,}')$/.test(one));
  return [
    ...Object.entries(exact).flatMap(([name, value]) => (policy.get(name)?.join(" ") === value ? [] : [`${name} is ${policy.get(name)}`])),
    ...(scripts.some((one) => one.startsWith("'nonce-")) ? [] : ["no nonce for scripts"]),
    ...loose.map((one) => `script-src lets ${one} in`),
    ...(policy.get("connect-src")?.join(" ") === "'self'" ? [] : ["connect-src is wider than this host"]),
  ];
}

function judgeHtml(body: string, nonce: string | undefined): string[] {
  const scripts = body.match(/<script\b[^>]*>/g) ?? [];
  const bare = scripts.filter((tag) => /nonce="([^"]*)"/.exec(tag)?.[1] !== nonce);
  // What stands inside of scripts is no markup.
  const markup = body.replace(/<script\b[\s\S]*?<\/script>/g, "");
  return [
    ...bare.map((tag) => `a script without this answer's nonce: ${tag.slice(0, 80)}`),
    ...(scripts.length === 0 ? ["no script at all, so nothing was looked at"] : []),
    ...(markup.match(/<[a-z][^>]*?\son[a-z]+\s*=[^>]*>/gi) ?? []).map((tag) => `an inline handler: ${tag.slice(0, 80)}`),
    ...(markup.match(/(href|src|action)="javascript:[^"]*"/gi) ?? []).map((what) => `a script in an address: ${what.slice(0, 80)}`),
  ];
}
