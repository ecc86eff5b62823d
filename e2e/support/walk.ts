/** Follows redirects like a browser without scripts that keeps one site's cookies, until the address begins as `until`. */
export async function followUntil(start: string, until: string, choose: (page: string, at: URL) => URL): Promise<URL> {
  const cookies = new Map<string, string>();
  let at = new URL(start);
  for (let steps = 0; steps < 12; steps += 1) {
    if (at.href.startsWith(until)) return at;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(at, { redirect: "manual", headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) keep(cookies, line);
    const location = answer.headers.get("location");
    at = location ? new URL(location, at) : choose(await answer.text(), at);
  }
  throw new Error(`Never came to ${until}.`);
}

function keep(cookies: Map<string, string>, line: string): void {
  const [pair = ""] = line.split(";");
  const split = pair.indexOf("=");
  cookies.set(pair.slice(0, split), pair.slice(split + 1));
}
