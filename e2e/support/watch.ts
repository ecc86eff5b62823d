import { type BrowserContext, expect } from "@playwright/test";
import type { Exchange } from "./recorder";
import { findPrinted, findSecrets, readCanaries } from "./secrets";
import type { Valet } from "./valet";
import type { World } from "./world";

/** What must hold in every test, whatever it is about: judged when the test is over. */
export class Watch {
  readonly #complaints: string[] = [];
  readonly #expected: RegExp[] = [];
  readonly #valets: { readonly valet: Valet; readonly from: number; readonly printedBefore: number }[] = [];
  readonly #upstreamsFrom: readonly (readonly [exchanges: readonly Exchange[], from: number])[];

  constructor(readonly world: World) {
    this.include(world.valet);
    this.#upstreamsFrom = Object.values(world.upstreams).map(({ recorder }) => [recorder.exchanges, recorder.exchanges.length] as const);
  }

  /** A further Valet that this test starts. */
  include(valet: Valet): void {
    this.#valets.push({ valet, from: valet.recorder.exchanges.length, printedBefore: valet.said().length });
  }

  /** A console message that this test means to cause, such as a page that is not there. */
  expectMessage(pattern: RegExp): void {
    this.#expected.push(pattern);
  }

  follow(context: BrowserContext): void {
    context.on("console", (message) => {
      if (message.type() === "error") this.#complaints.push(`console: ${message.text()} (${message.location().url})`);
    });
    context.on("weberror", (error) => this.#complaints.push(`page error: ${error.error().message}`));
    context.on("request", (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol !== "data:" && protocol !== "blob:" && !this.#hosts().includes(origin))
        this.#complaints.push(`a request left for ${origin}`);
    });
  }

  async judge(): Promise<void> {
    const { core, saas } = this.world;
    const canaries = await readCanaries(core);
    const complaints = [
      ...this.#complaints.filter((text) => !this.#expected.some((pattern) => pattern.test(text))),
      ...this.#valets.flatMap(({ valet, from, printedBefore }) => [
        ...findSecrets(valet.recorder.exchanges.slice(from), canaries),
        ...findPrinted(valet.said().slice(printedBefore), canaries),
      ]),
      ...this.#sentUpstream(),
      ...saas.calls.flatMap(({ foreignSecrets, method, path }) =>
        foreignSecrets.map((place) => `a secret of Valet reached Demo Tracker in ${place} of ${method} ${path}`),
      ),
    ];
    expect([...new Set(complaints)], "nothing leaks, nothing breaks, nobody else is called").toEqual([]);
  }

  /** What is Valet's must not travel to a SaaS: its own secrets, its signed tokens, its cookies. */
  #sentUpstream(): string[] {
    const sent = this.#upstreamsFrom.flatMap(([exchanges, from]) => exchanges.slice(from));
    return sent.flatMap(({ method, target, requestHeaders }) => {
      const text = `${target} ${JSON.stringify(requestHeaders)}`;
      return /vlt_(agt|pat|inv)_|\beyJ[\w-]+\.eyJ|valet-(session|browser)/.test(text)
        ? [`a secret of Valet reached a SaaS with ${method} ${target.split("?")[0]}`]
        : [];
    });
  }

  #hosts(): string[] {
    const { saas, idp, upstreams } = this.world;
    return [
      ...this.#valets.map(({ valet }) => valet.url),
      saas.url,
      idp.url,
      ...Object.values(upstreams).map(({ recorder }) => recorder.url),
    ];
  }
}
