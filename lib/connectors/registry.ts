import { airtable } from "./airtable";
import { asana } from "./asana";
import { box } from "./box";
import { canva } from "./canva";
import { confluence } from "./confluence";
import type { Connector, EndpointOverrides, Narrowing } from "./connector";
import { demo } from "./demo";
import { demoBoard } from "./demoBoard";
import { discord } from "./discord";
import { dropbox } from "./dropbox";
import { figma } from "./figma";
import { github } from "./github";
import { githubAppInstallation } from "./githubAppInstallation";
import { githubAppUser } from "./githubAppUser";
import { gitlab } from "./gitlab";
import { google } from "./google";
import { googleCloud } from "./googleCloud";
import { hubspot } from "./hubspot";
import { intercom } from "./intercom";
import { jira } from "./jira";
import { linear } from "./linear";
import { microsoft } from "./microsoft";
import { monday } from "./monday";
import { notion } from "./notion";
import { okta } from "./okta";
import { pagerduty } from "./pagerduty";
import { salesforce } from "./salesforce";
import { sentry } from "./sentry";
import { shopify } from "./shopify";
import { slack } from "./slack";
import { snowflake } from "./snowflake";
import { stripe } from "./stripe";
import { zendesk } from "./zendesk";
import { zoom } from "./zoom";

/** Every SaaS that Valet knows, in the order of their ids. One line each. */
// biome-ignore format: one line each keeps two additions from touching the same line.
export const connectors: readonly Connector[] = [
  airtable,
  asana,
  box,
  canva,
  confluence,
  demo,
  demoBoard,
  discord,
  dropbox,
  figma,
  github,
  githubAppUser,
  githubAppInstallation,
  gitlab,
  google,
  googleCloud,
  hubspot,
  intercom,
  jira,
  linear,
  microsoft,
  monday,
  notion,
  okta,
  pagerduty,
  salesforce,
  sentry,
  shopify,
  slack,
  snowflake,
  stripe,
  zendesk,
  zoom,
];

export function findConnector(id: string): Connector | undefined {
  return connectors.find((connector) => connector.id === id);
}

/**
 * The same SaaS at other addresses. An API base takes the place of all its hosts. Endpoints elsewhere are another issuer:
 * unless it is named as well, none is expected in the callback, and the old one's name is not accepted either.
 */
export function withOverrides(connector: Connector, overrides: EndpointOverrides): Connector {
  const { oauth, tokens, revocation, account, api } = connector;
  return {
    ...connector,
    oauth: {
      ...oauth,
      ...issuerOf(connector, overrides),
      authorizeUrl: overrides.authorizeUrl ?? oauth.authorizeUrl,
      tokenUrl: overrides.tokenUrl ?? oauth.tokenUrl,
      ...(overrides.tokenUrl && oauth.tokenRequest ? { tokenRequest: { ...oauth.tokenRequest, refreshUrl: overrides.tokenUrl } } : {}),
    },
    revocation: { ...revocation, url: overrides.revokeUrl ?? revocation.url },
    tokens: { ...tokens, narrowing: boundaryAt(tokens.narrowing, overrides) },
    account: { ...account, url: overrides.accountUrl ?? account.url },
    api: overrides.apiBaseUrl === undefined ? api : { ...api, baseUrl: withoutSlash(overrides.apiBaseUrl), hosts: [] },
  };
}

/** A token of another place is not for the SaaS's own endpoint: where that is not named as well, there is none. */
function boundaryAt(narrowing: Narrowing, { boundaryUrl, tokenUrl, apiBaseUrl }: EndpointOverrides): Narrowing {
  if (narrowing.how !== "refresh_scope" || !narrowing.boundary) return narrowing;
  if (boundaryUrl !== undefined) return { ...narrowing, boundary: { ...narrowing.boundary, url: boundaryUrl } };
  return tokenUrl === undefined && apiBaseUrl === undefined ? narrowing : { how: narrowing.how };
}

type Issuer = Pick<Connector["oauth"], "issuer" | "issuerInCallback">;

function issuerOf({ oauth }: Connector, overrides: EndpointOverrides): Issuer {
  if (overrides.issuer !== undefined) return { issuer: overrides.issuer, issuerInCallback: oauth.issuerInCallback };
  if (overrides.authorizeUrl !== undefined) return { issuer: null, issuerInCallback: "when_present" };
  return { issuer: oauth.issuer, issuerInCallback: oauth.issuerInCallback };
}

function withoutSlash(url: string): string {
  return url.endsWith("/") ? url.slice(0, -1) : url;
}
