import { lookup as resolve } from "node:dns";
import { BlockList, isIP } from "node:net";
import { Agent, type Dispatcher, fetch as undiciFetch } from "undici";
import type { Core } from "../ctx";
import { boundedAnswers } from "./boundedAnswers";

const PRIVATE = new BlockList();
for (const [network, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const) {
  PRIVATE.addSubnet(network, bits, "ipv4");
}
for (const [network, bits] of [
  ["::", 96],
  ["::ffff:0:0:0", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
  ["5f00::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const) {
  PRIVATE.addSubnet(network, bits, "ipv6");
}

/** Whether an address is one that no SaaS on the internet has: loopback, private, link-local (cloud metadata), multicast, and tunnels that could end at one of these. */
export function isPrivateAddress(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return isPrivateAddress(mapped[1] as string);
  const family = isIP(address);
  if (family === 0) return true;
  return PRIVATE.check(address, family === 6 ? "ipv6" : "ipv4");
}

/** The destination is not one Valet talks to. */
export class ForbiddenDestination extends Error {
  override readonly name = "ForbiddenDestination";
}

/** How long Valet waits for somebody else's server. What is on its way, up or down, starts the wait anew. */
export interface TimeLimits {
  readonly connectMs: number;
  /** For the beginning of an answer, once everything was sent. */
  readonly headersMs: number;
  /** Between two pieces of an answer. */
  readonly idleMs: number;
}

const TIME_LIMITS: TimeLimits = { connectMs: 10_000, headersMs: 60_000, idleMs: 120_000 };

/**
 * Connects only to public addresses, and to the hosts an operator named in a setting. The address that was judged is
 * the address that is dialled, so a second answer of the name server changes nothing.
 */
export function guardedDispatcher(trustedHosts: ReadonlySet<string>, limits: Partial<TimeLimits> = {}): Dispatcher {
  const { connectMs, headersMs, idleMs } = { ...TIME_LIMITS, ...limits };
  const agent = new Agent({
    connect: {
      timeout: connectMs,
      lookup: (hostname, options, callback) => {
        resolve(hostname, { ...options, all: true }, (error, addresses) => {
          if (error) return callback(error, []);
          const usable = trustedHosts.has(hostname) ? addresses : addresses.filter(({ address }) => !isPrivateAddress(address));
          if (usable.length === 0) return callback(new ForbiddenDestination(`${hostname} has no public address.`), []);
          if (options.all) return callback(null, usable);
          const [first] = usable as [(typeof usable)[number]];
          return (callback as unknown as (error: null, address: string, family: number) => void)(null, first.address, first.family);
        });
      },
    },
    headersTimeout: headersMs,
    bodyTimeout: idleMs,
    maxResponseSize: -1,
    pipelining: 1,
  });
  return agent.compose((dispatch) => (options, handler) => {
    refuseLiteral(String(options.origin), trustedHosts);
    return dispatch(options, handler);
  });
}

/** `fetch` over a guarded dispatcher, for questions of Valet's own: same rules, no redirect followed unless asked for, and answers in bounds. */
export function guardedFetch(dispatcher: Dispatcher): Core["fetch"] {
  const send = undiciFetch as unknown as (input: string, init: object) => Promise<Response>;
  const bounded = dispatcher.compose(boundedAnswers);
  return (input, init) => send(input instanceof Request ? input.url : String(input), { redirect: "manual", ...init, dispatcher: bounded });
}

function refuseLiteral(origin: string, trustedHosts: ReadonlySet<string>): void {
  const hostname = new URL(origin).hostname;
  const bare = hostname.replace(/^\[|\]$/g, "");
  if (trustedHosts.has(hostname) || trustedHosts.has(bare)) return;
  if (isIP(bare) && isPrivateAddress(bare)) throw new ForbiddenDestination(`${bare} is not a public address.`);
}
