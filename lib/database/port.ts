import { createServer } from "node:net";
import { Refusal } from "../errors";

/** Ephemeral ports begin at 32768: a client that keeps dialling a closed one of those can connect to itself. */
const FIRST = 20_000;
const LAST = 32_000;

/** A port nobody listens on at the loopback address. `wanted` first, when it is given. */
export async function findFreePort(wanted?: number): Promise<number> {
  if (wanted !== undefined && (await isFree(wanted))) return wanted;
  for (let tries = 0; tries < 50; tries++) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (await isFree(port)) return port;
  }
  throw new Refusal("unavailable", `Every port tried between ${FIRST} and ${LAST} is taken.`);
}

/** Asked of both loopback addresses: a browser that is told `localhost` may try either. */
export async function isFree(port: number): Promise<boolean> {
  return (await canListen(port, "127.0.0.1")) && (await canListen(port, "::1"));
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    // A machine without IPv6 has nobody on it either.
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "EADDRNOTAVAIL" || error.code === "EAFNOSUPPORT"));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
