/** As much of oidc-provider as the tests use: it brings no types of its own. */
declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  interface StoredToken {
    readonly accountId: string;
    readonly clientId: string;
    readonly scope?: string;
    readonly isExpired: boolean;
  }

  interface NewGrant {
    addOIDCScope(scope: string): void;
    save(): Promise<string>;
  }

  export class Provider {
    constructor(issuer: string, configuration: object);
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>;
    readonly AccessToken: { find(value: string): Promise<StoredToken | undefined> };
    readonly RefreshToken: { find(value: string): Promise<(StoredToken & { readonly consumed?: number }) | undefined> };
    readonly Grant: new (about: {
      accountId: string;
      clientId: string;
    }) => NewGrant;
    on(event: string, listener: (...values: unknown[]) => void): this;
  }
}
