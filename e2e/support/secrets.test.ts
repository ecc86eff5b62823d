import { expect, test } from "vitest";
import type { Exchange } from "./recorder";
import { findPrinted, findSecrets } from "./secrets";

const AGENT = `vlt_agt_${"A".repeat(36)}`;
const INVITATION = `vlt_inv_${"B".repeat(36)}`;
const SIGNED = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJlLWhlcmU";
const CANARY = { what: "an account's refresh token", value: "kept-by-valet-alone", lent: false };

function exchange(about: Partial<Exchange>): Exchange {
  return { method: "GET", target: "/", requestHeaders: {}, status: 200, responseHeaders: {}, body: "", ...about };
}

test("a secret in the answer to a GET is found, whatever kind it is", () => {
  const sealed = `v1.e1.${"n".repeat(16)}.${"b".repeat(40)}`;
  for (const body of [
    AGENT,
    INVITATION,
    SIGNED,
    sealed,
    `saas_rt_${"r".repeat(43)}`,
    "demo-client-secret-4711",
    "correct horse battery staple",
  ]) {
    expect(findSecrets([exchange({ body: `<p>${body}</p>` })], []), body).toHaveLength(1);
  }
});

test("a secret that the database holds is found by its value", () => {
  expect(findSecrets([exchange({ body: "… kept-by-valet-alone …" })], [CANARY])).toEqual([
    "an account's refresh token in the answer to GET /",
  ]);
  expect(findPrinted("kept-by-valet-alone", [CANARY])).toEqual(["an account's refresh token was printed"]);
});

test("a secret in an address, in a referrer, or in where an answer leads is found", () => {
  expect(findSecrets([exchange({ target: `/agents?secret=${AGENT}` })], [])).toHaveLength(1);
  expect(findSecrets([exchange({ requestHeaders: { referer: `http://valet.test/?token=${SIGNED}` } })], [])).toHaveLength(1);
  expect(findSecrets([exchange({ responseHeaders: { location: `/done?code=saas_code_${"c".repeat(43)}` } })], [])).toHaveLength(1);
});

test("what is handed over on purpose passes once, and is found the second time", () => {
  const made = exchange({ method: "POST", target: "/agents/new", body: AGENT });
  expect(findSecrets([made], [])).toEqual([]);
  expect(findSecrets([made, made], [])).toEqual(["a secret was shown a second time, in the answer to POST /agents/new"]);
  expect(findSecrets([exchange({ method: "POST", target: "/oauth/token", body: SIGNED })], [])).toEqual([]);
  expect(findSecrets([exchange({ target: `/join/${INVITATION}`, body: INVITATION })], [])).toEqual([]);
  expect(findPrinted(`Open this link once: http://valet.test/set-up/${INVITATION}`, [])).toEqual([]);
});

test("a secret is never repeated in what is said about it", () => {
  const told = findSecrets([exchange({ target: `/x?y=${AGENT}`, body: `${AGENT} ${CANARY.value}` })], [CANARY]);
  expect(told.join(" ")).not.toContain(AGENT);
  expect(told.join(" ")).not.toContain(CANARY.value);
});
