// The software bill of materials, as CycloneDX 1.6 JSON, from package-lock.json alone: the same lock makes the same file. `npm run build` writes
// it to dist/sbom.cdx.json; `--check`, as part of `npm run check`, holds every package to the licences below.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(import.meta.dirname, "..");
const OUTPUT = join(ROOT, "dist/sbom.cdx.json");

/** Licences that what ships may have. Weak copyleft is for parts that are used as they are, and never changed. */
const SHIPPED = new Set([
  ...["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "0BSD", "Unlicense", "BlueOak-1.0.0", "CC-BY-4.0", "CC0-1.0"],
  ...["SIL OPEN FONT LICENSE", "MPL-2.0", "LGPL-3.0-or-later", "EPL-2.0"],
]);

/** The names in a licence expression: "(MIT OR CC0-1.0)", "MIT and ISC". Where one may be chosen, one that is taken is enough. */
export function isTaken(expression) {
  const choices = expression.replace(/[()]/g, " ").split(/\s+OR\s+/i);
  return choices.some((choice) => choice.split(/\s+AND\s+/i).every((name) => SHIPPED.has(name.trim())));
}

/** Every package of the lock but our own, in order, each with where its licence was read. */
export function componentsOf(lock, licenceOf) {
  return Object.entries(lock.packages)
    .filter(([path, { link }]) => path.includes("node_modules/") && !link)
    .map(([path, { version, license, integrity, dev, name }]) => {
      const called = name ?? path.split("node_modules/").at(-1);
      return { name: called, version, licence: license ?? licenceOf(path), integrity, dev: dev === true };
    })
    .sort((one, other) => (key(one) < key(other) ? -1 : 1))
    .filter((one, index, all) => index === 0 || key(one) !== key(all[index - 1]));
}

const key = ({ name, version }) => `${name}@${version}`;
const purl = ({ name, version }) => `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;

export function billOf(lock, licenceOf = () => null) {
  const components = componentsOf(lock, licenceOf).map((one) => ({
    type: "library",
    "bom-ref": purl(one),
    name: one.name,
    version: one.version,
    scope: one.dev ? "excluded" : "required",
    purl: purl(one),
    ...(one.licence ? { licenses: [{ license: { name: one.licence } }] } : {}),
    ...(one.integrity ? { hashes: hashesOf(one.integrity) } : {}),
  }));
  const about = { type: "application", "bom-ref": "valet", name: lock.name, version: lock.version };
  const digest = createHash("sha256").update(JSON.stringify(components)).digest("hex");
  const uuid = [digest.slice(0, 8), digest.slice(8, 12), `5${digest.slice(13, 16)}`, `8${digest.slice(17, 20)}`, digest.slice(20, 32)];
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuid.join("-")}`,
    version: 1,
    metadata: { component: about },
    components,
  };
}

function hashesOf(integrity) {
  const [algorithm, digest] = integrity.split(" ")[0].split("-");
  const alg = { sha512: "SHA-512", sha384: "SHA-384", sha256: "SHA-256", sha1: "SHA-1" }[algorithm];
  return [{ alg, content: Buffer.from(digest, "base64").toString("hex") }];
}

/** What the lock does not say is in the package, where it is installed. */
function installedLicence(path) {
  try {
    const { license } = JSON.parse(readFileSync(join(ROOT, path, "package.json"), "utf8"));
    return typeof license === "string" ? license : null;
  } catch {
    return null;
  }
}

export function writeBill() {
  const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
  mkdirSync(join(ROOT, "dist"), { recursive: true });
  writeFileSync(OUTPUT, `${JSON.stringify(billOf(lock, installedLicence), null, 2)}\n`);
}

function check() {
  const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
  const all = componentsOf(lock, installedLicence);
  // Packages for other platforms are named by the lock alone, and have their family's licence.
  const unknown = all.filter(({ licence, name }) => !licence && !hasFamily(all, name));
  const refused = all.filter(({ licence }) => licence && !isTaken(licence));
  for (const { name, version, licence } of [...unknown, ...refused]) console.error(`${name}@${version}: ${licence ?? "no licence"}`);
  if (unknown.length + refused.length > 0) {
    console.error("These licences are not among those that scripts/sbom.mjs takes. Leave the package out, or say there why it may be in.");
    process.exitCode = 1;
  } else console.log(`${all.length} packages, each with a licence that is taken.`);
}

function hasFamily(all, name) {
  const family = name.startsWith("@") ? `${name.split("/")[0]}/` : name.split("-")[0];
  return all.some((one) => one.licence && isTaken(one.licence) && one.name.startsWith(family));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes("--check")) check();
  else writeBill();
}
