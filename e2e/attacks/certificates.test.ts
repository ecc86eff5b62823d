import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { accountAccess } from "../../lib/connections/refresh";
import { badCertificateInWords } from "../../lib/net/certificates";
import { accessToken, call, type Lent, lend, usesOf, type World, world } from "../../lib/testing/builders";
import type { TestCore } from "../../lib/testing/core";
import { refusalOf } from "../../lib/testing/refusal";
import { fetchKeys } from "../../lib/trust/fetchKeys";
import type { TrustedIssuer } from "../../lib/trust/issuer";

let here: World;
/** Somebody at the SaaS's address whose certificate nobody vouches for. */
let stranger: Server;
let url: string;
let heard: number;
let lent: Lent;
/** What is at the stranger's address: the token endpoint, or the API. */
const at = (there: object): TestCore => {
  const demo = { ...here.core.settings.endpoints.demo, ...there };
  return { ...here.core, settings: { ...here.core.settings, endpoints: { demo } } };
};

beforeAll(async () => {
  here = await world({ profile: { rotation: "rotating" } });
  stranger = createServer(selfSigned(), (_, response) => {
    heard += 1;
    response.end("{}");
  }).listen(0, "127.0.0.1");
  await once(stranger, "listening");
  url = `https://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
});
afterAll(async () => {
  stranger.closeAllConnections();
  stranger.close();
  await here.close();
});
beforeEach(async () => {
  heard = 0;
  lent = await lend(here, { delivery: "gateway", scopes: ["issues:read"] });
});

function selfSigned() {
  const folder = mkdtempSync(join(tmpdir(), "valet-certificate-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const asked = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"];
  execFileSync("openssl", [...asked, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert], { stdio: "pipe" });
  const both = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  return both;
}

const WORDS = "Demo Tracker showed a certificate that this machine does not trust, so nothing was sent there. Tell an admin.";

describe("a SaaS whose certificate nobody vouches for", () => {
  it("is sent no refresh token, and none is held for spent", async () => {
    here.core.clock.advance({ minutes: 20 });
    const refused = await refusalOf(accountAccess(at({ tokenUrl: `${url}/token` }), lent.connectionId));
    expect(refused).toMatchObject({ code: "upstream_failed", reason: "provider_certificate", message: WORDS });
    expect(await here.core.db.connection.findUniqueOrThrow({ where: { id: lent.connectionId } })).toMatchObject({
      ...{ status: "active", statusNote: WORDS, refreshBeganAt: null, refreshBeganVersion: null },
    });
    expect(heard).toBe(0);
    expect((await accountAccess(here.core, lent.connectionId)).accessToken).toBeTruthy();
  });

  it("is sent no call and no access token through the gateway", async () => {
    const token = await accessToken(here.core, lent);
    const answer = await call(at({ apiBaseUrl: url }), token, "/api/issues");
    expect([answer.status, (await answer.json()).reason]).toEqual([502, "upstream_certificate"]);
    expect((await usesOf(here.core, lent.grantId)).at(-1)).toMatchObject({ reason: "upstream_certificate", upstreamStatus: null });
    expect(heard).toBe(0);
  });

  it("gives no keys of an issuer", async () => {
    const issuer = { kind: "oidc", issuer: url, keysFrom: "discovery", keysAt: null } as TrustedIssuer;
    await expect(fetchKeys(here.core, issuer)).rejects.toThrow("could not be reached (DEPTH_ZERO_SELF_SIGNED_CERT)");
    expect(heard).toBe(0);
  });
});

it("says what is wrong with a certificate", () => {
  expect(
    ["CERT_HAS_EXPIRED", "ERR_TLS_CERT_ALTNAME_INVALID", "SELF_SIGNED_CERT_IN_CHAIN"].map((code) => badCertificateInWords("Acme", code)),
  ).toEqual([
    "Acme showed a certificate that has expired, so nothing was sent there. Tell an admin.",
    "Acme showed a certificate of another name, so nothing was sent there. Tell an admin.",
    "Acme showed a certificate that this machine does not trust, so nothing was sent there. Tell an admin.",
  ]);
});
