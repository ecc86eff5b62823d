// The Dockerfile without an engine: its stages as folders, its last stage started as it says. The machine's own Node and libraries stand in for
// the base image. As root on Linux that is a root of its own, read-only but for /data and /tmp, as user 1000 without any capability; elsewhere
// the files lie in a folder that cannot be written.
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, isAbsolute, join, normalize, resolve } from "node:path";
import { ROOT } from "./files.mjs";

/** Whether this machine can give the process a root of its own. */
export const CAN_SEAL = process.platform === "linux" && process.getuid?.() === 0;
/** What of the machine stands in for the base image. */
const BASE = ["bin", "sbin", "lib", "lib64", "usr", "etc", "dev", "proc"];

/**
 * The stages of a Dockerfile in order.
 *
 * @returns {{ name: string, from: string, steps: { instruction: string, argument: string }[] }[]}
 */
export function readDockerfile(path = join(ROOT, "Dockerfile")) {
  const text = readFileSync(path, "utf8")
    .replace(/^#.*\n/gm, "")
    .replace(/\\\n/g, " ");
  /** @type {ReturnType<typeof readDockerfile>} */
  const stages = [];
  for (const line of text
    .split("\n")
    .map((one) => one.trim())
    .filter(Boolean)) {
    const [, instruction = "", argument = ""] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    const [from = "", , name] = argument.split(/\s+/);
    if (instruction === "FROM") stages.push({ name: name ?? "last", from, steps: [] });
    else if (instruction && stages.length > 0) stages.at(-1).steps.push({ instruction, argument: argument.replace(/\s+/g, " ") });
    else throw new Error(`The Dockerfile has a line that is not understood: ${line}`);
  }
  return stages;
}

/** What the last stage says of the process it starts. */
export function imageSettings(stage) {
  const of = (wanted) => stage.steps.filter(({ instruction }) => instruction === wanted).map(({ argument }) => argument);
  const env = Object.fromEntries(of("ENV").flatMap((text) => text.split(" ").map((pair) => pair.split(/=(.*)/s).slice(0, 2))));
  const health = of("HEALTHCHECK")
    .at(-1)
    ?.replace(/^.*CMD /, "");
  return {
    env,
    user: of("USER").at(-1),
    workdir: of("WORKDIR").at(-1),
    command: JSON.parse(of("CMD").at(-1)),
    health: health && JSON.parse(health),
    volumes: of("VOLUME").flatMap((text) => JSON.parse(text)),
  };
}

/**
 * Makes the image as a folder. `whole`: every step of every stage on a copy of the committed tree, as an engine would. Otherwise only the last stage,
 * out of what is built and installed here, without the packages that `npm ci --omit=dev` leaves out.
 */
export function makeImage({ whole }) {
  const folder = mkdtempSync(join(tmpdir(), "valet-image-"));
  const stages = readDockerfile();
  const context = whole ? committed(join(folder, "context")) : ROOT;
  for (const stage of stages) {
    const isLast = stage === stages.at(-1);
    if (isLast || whole) carryOut(stage, { folder, context, isLast, whole });
  }
  return {
    folder,
    root: join(folder, "last"),
    settings: imageSettings(stages.at(-1)),
    close: () => {
      if (!CAN_SEAL) execFileSync("chmod", ["-R", "u+w", folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function committed(context) {
  mkdirSync(context);
  const archive = execFileSync("git", ["archive", "HEAD"], { cwd: ROOT, maxBuffer: 1 << 30 });
  execFileSync("tar", ["-x", "-C", context], { input: archive });
  for (const pattern of readFileSync(join(ROOT, ".dockerignore"), "utf8").split("\n"))
    if (/^[\w./-]+$/.test(pattern)) rmSync(join(context, pattern), { recursive: true, force: true });
  return context;
}

function carryOut({ name, steps }, { folder, context, isLast, whole }) {
  const root = join(folder, name);
  mkdirSync(root);
  let workdir = "/";
  for (const { instruction, argument } of steps) {
    if (instruction === "WORKDIR") {
      workdir = argument;
      mkdirSync(join(root, workdir), { recursive: true });
    } else if (instruction === "COPY") copy(argument, { folder, context, root, workdir, whole });
    else if (instruction === "RUN") run(argument, { root, workdir, isLast });
    else if (!["LABEL", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD"].includes(instruction))
      throw new Error(`${instruction} is not carried out here.`);
  }
}

function copy(argument, at) {
  const words = argument.split(" ");
  const stage = words[0].startsWith("--from=") ? words.shift().slice("--from=".length) : null;
  const target = words.pop();
  const to = join(at.root, resolve(at.workdir, target));
  for (const source of words) {
    const from = sourceOf(source, stage, at);
    if (!existsSync(from)) throw new Error(`The Dockerfile copies ${source}, which is not there.`);
    if (stage && !at.whole && basename(source) === "node_modules") linkPackages(from, to);
    else place(from, target.endsWith("/") && statSync(from).isFile() ? join(to, basename(source)) : to);
  }
}

/** Where what is copied lies here. */
function sourceOf(source, stage, { folder, context, whole }) {
  if (!stage) return join(context, normalize(source));
  return whole ? join(folder, stage, source) : join(ROOT, basename(source));
}

function place(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
}

/** Without those for development, as `npm ci --omit=dev` would. As links: nothing is written there. */
function linkPackages(from, to) {
  const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
  const kept = Object.entries(packages).filter(([path, { dev }]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && !dev);
  const there = kept.map(([path]) => path.slice("node_modules/".length)).filter((path) => existsSync(join(from, path)));
  for (const path of there) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    execFileSync("cp", ["-a", ...(CAN_SEAL ? ["-l"] : []), join(from, path), join(to, path)]);
  }
}

/** A step of the last stage is about its own root, of any other about its folder alone. */
function run(command, { root, workdir, isLast }) {
  if (isLast) {
    if (CAN_SEAL) execFileSync("unshare", sealing(root, [], `exec sh -c '${command}'`), { stdio: "inherit" });
    else for (const path of ["/data", "/secrets"]) mkdirSync(join(root, path), { recursive: true });
    return;
  }
  if (/(^|\s)\/(?!dev\/null)/.test(command)) throw new Error(`Outside the last stage no step may name a path from the root: ${command}`);
  execFileSync("sh", ["-c", command], { cwd: join(root, workdir), stdio: "inherit", env: { ...process.env, NODE_ENV: undefined } });
}

/** Arguments of `unshare` for a command within the image's root. @param readOnly mounts that stay writable; null leaves all writable. */
function sealing(root, writable, command) {
  const mounts = BASE.filter((name) => existsSync(`/${name}`)).flatMap((name) => {
    const at = join(root, name);
    return [`mkdir -p '${at}'`, `mount --rbind '/${name}' '${at}'`];
  });
  const locked =
    writable.length === 0
      ? []
      : [`mount -o remount,bind,ro '${root}'`, ...writable.map(([path, from]) => `mount --bind '${from}' '${join(root, path)}'`)];
  const script = [
    "set -e",
    "mount --make-rprivate /",
    `mount --bind '${root}' '${root}'`,
    ...mounts,
    ...locked,
    `exec chroot '${root}' ${command.replace(/^exec /, "")}`,
  ];
  return ["--mount", "sh", "-c", script.join("\n")];
}

/**
 * Starts what the image starts. `files` are secrets: their path in the container and what stands in each. Answers what it said, and how to end it: with its exit code.
 */
export function startImage({ root, folder, settings }, { env = {}, files = {} } = {}) {
  const [data, tmp] = ["data", "tmp"].map((name) => join(folder, `run-${name}`));
  for (const path of [data, tmp]) mkdirSync(path, { recursive: true });
  for (const [path, content] of Object.entries(files)) writeSecret(join(root, path), content);
  const given = { ...settings.env, PATH: process.env.PATH, HOME: "/tmp", ...env };
  const child = CAN_SEAL ? startSealed({ root, settings, data, tmp }, given) : startPlain({ root, settings, data, tmp, files }, given);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += chunk));
  const gone = new Promise((done) => child.once("exit", (code) => done(code)));
  const stop = () => {
    child.kill("SIGTERM");
    return gone;
  };
  return { said: () => said, stop };
}

function writeSecret(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { mode: 0o400 });
  if (CAN_SEAL) execFileSync("chown", ["1000:1000", path]);
}

const quoted = (words) => words.map((word) => `'${String(word).replaceAll("'", "'\\''")}'`).join(" ");

function startSealed({ root, settings, data, tmp }, env) {
  execFileSync("chown", [settings.user, data, tmp]);
  mkdirSync(join(root, "tmp"), { recursive: true });
  const [uid, gid] = settings.user.split(":");
  const asUser = [
    "setpriv",
    `--reuid=${uid}`,
    `--regid=${gid}`,
    "--clear-groups",
    "--bounding-set=-all",
    "--inh-caps=-all",
    "--no-new-privs",
  ];
  const inside = ["sh", "-c", `cd ${settings.workdir} && exec ${quoted([...asUser, ...settings.command])}`];
  return spawn(
    "unshare",
    sealing(
      root,
      [
        ["/data", data],
        ["/tmp", tmp],
      ],
      quoted(inside),
    ),
    { env, stdio: ["ignore", "pipe", "pipe"] },
  );
}

function startPlain({ root, settings, data, tmp, files }, env) {
  const place = (value) => (files[value] === undefined ? value : join(root, value));
  const here = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, isAbsolute(String(value)) ? place(value) : value]));
  const cwd = join(root, settings.workdir);
  for (const name of readdirSync(cwd)) if (name !== "node_modules") lock(join(cwd, name));
  chmodSync(cwd, 0o555);
  return spawn(settings.command[0], settings.command.slice(1), {
    cwd,
    env: { ...here, VALET_DATA_DIR: data, TMPDIR: tmp },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

const lock = (path) => execFileSync("chmod", ["-R", "a-w", path]);
