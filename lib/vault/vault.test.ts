import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createVault, createWebVault, newRootKey, type Place, type Room, webKeys } from "./vault";

const key = (id: string, byte: number) => `${id}:${Buffer.alloc(32, byte).toString("base64url")}`;
const RING = key("k1", 1);
const SECRET = "gho_16C7e42F292c6912E7710c838347Ae178B4a";
const place: Place = { table: "connections", row: "con_01kjpt2v000000000000000001", column: "sealed_refresh" };
const vault = createVault(RING);

const doesNotOpen = (at: Place) =>
  `A sealed value of ${at.table}.${at.column} does not open: it was changed, moved, or sealed with another key.`;

describe("a sealed value", () => {
  test("opens in its place to what was sealed, whatever that was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.constantFrom<Room>("lasting", "passing", "signing"), (secret, room) => {
        expect(vault.open(room, place, vault.seal(room, place, secret))).toBe(secret);
      }),
    );
  });

  test("does not hold the secret to be read, and is another one each time", () => {
    const sealed = vault.seal("lasting", place, SECRET);
    expect(Buffer.from(sealed.split(".")[3] as string, "base64url").toString("latin1")).not.toContain(SECRET);
    expect(vault.seal("lasting", place, SECRET)).not.toBe(sealed);
  });

  test.each<[string, Place]>([
    ["table", { ...place, table: "connector_setups" }],
    ["row", { ...place, row: "con_01kjpt2v000000000000000002" }],
    ["column", { ...place, column: "sealed_access" }],
    ["place that only spells alike", { table: "connections", row: `${place.row}","sealed_refresh`, column: "" }],
  ])("moved to another %s does not open", (_what, elsewhere) => {
    const sealed = vault.seal("lasting", place, SECRET);
    expect(() => vault.open("lasting", elsewhere, sealed)).toThrow(doesNotOpen(elsewhere));
  });

  test("moved to the other room does not open", () => {
    expect(() => vault.open("passing", place, vault.seal("lasting", place, SECRET))).toThrow(doesNotOpen(place));
    expect(() => vault.open("lasting", place, vault.seal("passing", place, SECRET))).toThrow(doesNotOpen(place));
  });

  test("changed in any one byte does not open", () => {
    const [format, id, nonce, body] = vault.seal("lasting", place, SECRET).split(".") as [string, string, string, string];
    const flip = (text: string, index: number) => {
      const bytes = Buffer.from(text, "base64url");
      bytes[index] = (bytes[index] as number) ^ 1;
      return bytes.toString("base64url");
    };
    for (let index = 0; index < Buffer.from(body, "base64url").length; index += 1) {
      expect(() => vault.open("lasting", place, [format, id, nonce, flip(body, index)].join("."))).toThrow(doesNotOpen(place));
    }
    for (let index = 0; index < 12; index += 1) {
      expect(() => vault.open("lasting", place, [format, id, flip(nonce, index), body].join("."))).toThrow(doesNotOpen(place));
    }
  });

  test("cut short does not open, down to nothing but its name", () => {
    const [format, id, nonce, body] = vault.seal("lasting", place, SECRET).split(".") as [string, string, string, string];
    for (const bytes of [0, 1, 4, 12, 15, 16, 20]) {
      const cut = Buffer.from(body, "base64url").subarray(0, bytes).toString("base64url");
      expect(() => vault.open("lasting", place, [format, id, nonce, cut].join("."))).toThrow(/does not open|not a sealed value/);
    }
    for (const bytes of [0, 1, 8, 11]) {
      const cut = Buffer.from(nonce, "base64url").subarray(0, bytes).toString("base64url");
      expect(() => vault.open("lasting", place, [format, id, cut, body].join("."))).toThrow(/does not open|not a sealed value/);
    }
  });

  test("of another installation does not open, although its key has the same name", () => {
    const sealed = createVault(key("k1", 2)).seal("lasting", place, SECRET);
    expect(() => vault.open("lasting", place, sealed)).toThrow(doesNotOpen(place));
  });

  test("names the key that is missing, and how to give it", () => {
    const sealed = createVault(key("k9", 9)).seal("lasting", place, SECRET);
    expect(() => vault.open("lasting", place, sealed)).toThrow('No key "k9" is in the ring: add it to VALET_KEYS.');
  });

  test("relabelled with another key's name of the ring does not open", () => {
    const ring = createVault(`${key("k2", 2)},${RING}`);
    const relabelled = vault.seal("lasting", place, SECRET).replace("v1.k1.", "v1.k2.");
    expect(() => ring.open("lasting", place, relabelled)).toThrow(doesNotOpen(place));
  });

  test.each(["", "v1", "v1.k1.a", "v2.k1.a.b", "v1.k1.a.b.c", SECRET])("is not %#: noise is refused without repeating it", (noise) => {
    expect(() => vault.open("lasting", place, noise)).toThrow("This is not a sealed value.");
  });
});

describe("the ring", () => {
  test("seals with its first key and opens with all", () => {
    const old = vault.seal("lasting", place, SECRET);
    const rotated = createVault(`${key("k2", 2)},${RING}`);
    expect(rotated.open("lasting", place, old)).toBe(SECRET);
    expect(rotated.seal("lasting", place, SECRET)).toMatch(/^v1\.k2\./);
  });

  test("takes the keys that newRootKey makes, each 32 random bytes", () => {
    expect(newRootKey("k1")).toMatch(/^k1:[A-Za-z0-9_-]{43}$/);
    expect(newRootKey("k1")).not.toBe(newRootKey("k1"));
    expect(() => createVault(newRootKey("k1"))).not.toThrow();
  });

  test.each(["", "k1", "k1:", ":AAAA", "k1:c2hvcnQ", `${RING},`])(
    "is refused when it is %#: not id:key, and its text is not repeated",
    (ring) => {
      expect(() => createVault(ring)).toThrow("A key of the ring is not id:base64url of 32 bytes.");
    },
  );

  test("derives one key per purpose, the same in every process", () => {
    expect(vault.derive("sessions")).toBe(createVault(RING).derive("sessions"));
    expect(vault.derive("sessions")).toMatch(/^[0-9a-f]{64}$/);
    expect(vault.derive("sessions")).not.toBe(vault.derive("csrf"));
    expect(vault.derive("sessions")).not.toBe(createVault(key("k1", 2)).derive("sessions"));
  });

  test("fingerprints name a value without telling it, and differ between installations", () => {
    expect(vault.fingerprint(SECRET)).toBe(createVault(RING).fingerprint(SECRET));
    expect(vault.fingerprint(SECRET)).toMatch(/^[0-9a-f]{16}$/);
    expect(vault.fingerprint(SECRET)).not.toBe(createVault(key("k1", 2)).fingerprint(SECRET));
  });
});

describe("the web process's keys", () => {
  const ring = `${key("k2", 2)},${RING}`;
  const web = createWebVault(webKeys(ring));

  test.each(["passing", "signing"] as const)("open and seal what is %s, of each key of the ring", (room) => {
    expect(web.open(room, place, createVault(ring).seal(room, place, SECRET))).toBe(SECRET);
    expect(web.open(room, place, vault.seal(room, place, SECRET))).toBe(SECRET);
    expect(createVault(ring).open(room, place, web.seal(room, place, SECRET))).toBe(SECRET);
  });

  test("open and seal nothing that lasts", () => {
    const not = "This process does not hold the key to what is lasting.";
    expect(() => web.open("lasting", place, createVault(ring).seal("lasting", place, SECRET))).toThrow(not);
    expect(() => web.seal("lasting", place, SECRET)).toThrow(not);
  });

  test("derive what the ring derives", () => {
    expect(web.derive("sessions")).toBe(createVault(ring).derive("sessions"));
    expect(web.fingerprint(SECRET)).toBe(createVault(ring).fingerprint(SECRET));
  });

  test("hold neither a key of the ring nor the key to what lasts, and no ring is made of them", () => {
    for (const root of ring.split(",")) expect(webKeys(ring)).not.toContain(root.split(":")[1]);
    for (const part of webKeys(RING).split(":").slice(1)) {
      expect(() => createVault(`k1:${part}`).open("lasting", place, vault.seal("lasting", place, SECRET))).toThrow(doesNotOpen(place));
    }
  });

  test.each(["", "k1", "k1:AAAA:AAAA:AAAA", RING])("are refused when they are %#: not what the starter makes", (keys) => {
    expect(() => createWebVault(keys)).toThrow("These are not the keys of a web process.");
  });
});
