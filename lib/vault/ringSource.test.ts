import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSettings } from "../settings";
import { commandSource, ringSource } from "./ringSource";
import { newRootKey } from "./vault";

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "valet-ring-"));
});
afterAll(() => rm(dataDir, { recursive: true }));

const RING = `${newRootKey("k2")},${newRootKey("k1")}`;
const node = (script: string) => [process.execPath, "-e", script] as const;
const ASIDE = "Run it by hand, mend it, and start again. Nothing was changed.";

describe("the key ring", () => {
  it("comes from its setting, from a command's output, or from the file beside the data", async () => {
    const of = (env: Record<string, string>) => ringSource(readSettings({ NODE_ENV: "test", VALET_DATA_DIR: dataDir, ...env })).readRing();
    expect(await of({})).toBeNull();
    await writeFile(join(dataDir, "keys"), `${RING}\n`);
    expect(await of({})).toBe(RING);
    const [other, third] = [newRootKey("k3"), newRootKey("k4")];
    expect(await of({ VALET_KEYS: other })).toBe(other);
    expect(await of({ VALET_KEYS_COMMAND: `echo ${third}` })).toBe(third);
    expect(await of({ VALET_KEYS_COMMAND: JSON.stringify(node(`console.log(${JSON.stringify(third)})`)) })).toBe(third);
  });

  it("comes from one place: two are refused, and a command that is none is", () => {
    const read = (env: Record<string, string>) => () => readSettings({ NODE_ENV: "test", ...env });
    expect(read({ VALET_KEYS: RING, VALET_KEYS_COMMAND: "echo" })).toThrow("both give the key ring");
    expect(read({ VALET_KEYS_COMMAND: "[7]" })).toThrow("VALET_KEYS_COMMAND is missing or bad");
    expect(read({ VALET_KEYS_COMMAND: "[not json" })).toThrow("VALET_KEYS_COMMAND is missing or bad");
  });

  it("comes from no shell: what one would run is an argument", async () => {
    await expect(commandSource(["echo", RING, ";", "echo", "$HOME"]).readRing()).rejects.toThrow("it printed something else");
  });

  it.each([
    ["ends with an error", node("console.log('k1:half'); process.exit(3)"), "it ended with code 3"],
    ["prints something else", node("console.log('Error: k1:secret-part')"), 'it printed something else than "id:key" separated by commas'],
    ["prints nothing", node(""), 'it printed something else than "id:key" separated by commas'],
    ["is not there", ["/no/such/program"] as const, "it could not be started"],
    [
      "prints without an end",
      node("const s='x'.repeat(65536); for(;;) require('fs').writeSync(1, s)"),
      "it printed far more than a key ring",
    ],
  ])("stops the start with a sentence, and no part of a key, where the command %s", async (_, command, why) => {
    const source = commandSource(command as unknown as readonly [string, ...string[]]);
    await expect(source.readRing()).rejects.toThrow(`VALET_KEYS_COMMAND did not give the key ring: ${why}. ${ASIDE}`);
  });

  it("stops the start where the command hangs", async () => {
    await expect(commandSource([process.execPath, "-e", "setInterval(() => 0, 1000)"], 200).readRing()).rejects.toThrow(
      "it took longer than 0.2 s",
    );
  });
});
