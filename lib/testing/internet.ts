import type { Dispatcher } from "undici";

/**
 * Makes hosts of the internet live on this machine, so that a connector is tested with its real addresses: `hosts` says at
 * which local origin each of them answers. No other host is there.
 */
export function pretendInternet(dispatcher: Dispatcher, hosts: Readonly<Record<string, string>>): Dispatcher {
  return dispatcher.compose((dispatch) => (options, handler) => {
    const { hostname, origin } = new URL(String(options.origin));
    const here = hostname === "127.0.0.1" ? origin : hosts[hostname];
    if (!here) throw new Error(`A test asked the network for ${origin}.`);
    return dispatch({ ...options, origin: here }, handler);
  });
}
