import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readSettings, SECRET_SETTINGS, SETTING_NAMES } from "../lib/settings";
import { imageSettings, readDockerfile } from "./image.mjs";

interface Stage {
  readonly name: string;
  readonly from: string;
  readonly steps: readonly { readonly instruction: string; readonly argument: string }[];
}
interface Service {
  readonly image: string;
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
  readonly ports?: readonly string[];
  readonly restart?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly command?: readonly string[];
}

const stages: Stage[] = readDockerfile();
const last = stages.at(-1) as Stage;
const compose = parse(readFileSync("compose.yaml", "utf8")) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: object;
  readonly networks: Readonly<Record<string, { internal?: boolean }>>;
};
const services = Object.entries(compose.services);

describe("the Dockerfile", () => {
  const steps = (of: Stage, wanted: string) => of.steps.filter(({ instruction }) => instruction === wanted).map(({ argument }) => argument);

  it("is built on one base, pinned by its whole version", () => {
    expect(new Set(stages.map(({ from }) => from)).size).toBe(1);
    expect(last.from).toMatch(/^node:\d+\.\d+\.\d+-\w+-slim$/);
  });

  it("starts what `npm start` starts, as a user by number that is not root, and asks it how it is", () => {
    const { user, command, health, volumes, env } = imageSettings(last);
    expect(user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(last.steps.findIndex(({ instruction }) => instruction === "USER")).toBeLessThan(
      last.steps.findIndex(({ instruction }) => instruction === "CMD"),
    );
    expect(command.slice(0, 2)).toEqual(["node", JSON.parse(readFileSync("package.json", "utf8")).scripts.start.split(" ").at(-1)]);
    expect(health?.slice(0, 2)).toEqual(["node", "scripts/healthy.mjs"]);
    expect([volumes, env.VALET_DATA_DIR]).toEqual([["/data"], "/data"]);
  });

  it("has no development package and no source in its last stage, and no secret in any", () => {
    expect(stages.flatMap((stage) => steps(stage, "RUN")).filter((step) => step.includes("npm ci"))).toEqual([
      "npm ci --include=dev",
      "npm ci --omit=dev && npm cache clean --force",
    ]);
    const copied = steps(last, "COPY");
    expect(copied).toContain("--from=packages /valet/node_modules ./node_modules");
    for (const text of copied) expect(text).not.toMatch(/(^|\s)(\.|\.\/|app|lib|e2e)\s/);
    for (const stage of stages)
      for (const text of [...steps(stage, "ENV"), ...steps(stage, "ARG")])
        for (const name of SECRET_SETTINGS) expect(text).not.toContain(name);
    for (const name of Object.keys(imageSettings(last).env)) expect([...SETTING_NAMES, "NEXT_TELEMETRY_DISABLED"]).toContain(name);
  });

  it("copies only what is there, and is given nothing of the machine it is built on", () => {
    const sources = stages.flatMap((stage) => steps(stage, "COPY").filter((text) => !text.startsWith("--from")));
    for (const text of sources) for (const path of text.split(" ").slice(0, -1)) expect(existsSync(path), path).toBe(true);
    const kept = readFileSync(".dockerignore", "utf8").split("\n");
    for (const secret of [".env", ".env.*", ".valet", ".git", "**/node_modules", "*.backup", ".next", "dist"])
      expect(kept).toContain(secret);
  });
});

describe("compose.yaml", () => {
  it.each(services)("%s has a read-only root, no capability, and no way to more rights", (_, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ["ALL"], security_opt: ["no-new-privileges:true"] });
    expect(service.image).toMatch(/:\d+\.\d+/);
  });

  it("gives no secret in an environment: each is a file in a volume that only who needs it has", () => {
    for (const [, { environment = {} }] of services) {
      for (const [name, value] of Object.entries(environment)) {
        if (name.endsWith("_FILE")) expect(value).toMatch(/^\/secrets\//);
        else expect(name).not.toMatch(/PASSWORD|SECRET|TOKEN|KEY|DATABASE_URL/);
      }
    }
    expect(compose.services.postgres?.volumes.join()).not.toContain("valet-secrets");
    expect(compose.services.valet?.volumes).toContain("valet-secrets:/secrets/valet:ro");
    const known = [...SETTING_NAMES, ...SECRET_SETTINGS.map((name) => `${name}_FILE`)];
    for (const name of Object.keys(compose.services.valet?.environment ?? {})) expect(known).toContain(name);
  });

  it("starts in order, by one command, and is reached from this machine alone", () => {
    const { secrets, postgres, valet } = compose.services;
    expect(postgres?.depends_on).toEqual({ secrets: { condition: "service_completed_successfully" } });
    expect(valet?.depends_on).toEqual({
      secrets: { condition: "service_completed_successfully" },
      postgres: { condition: "service_healthy" },
    });
    expect(existsSync(secrets?.command?.[1] ?? "")).toBe(true);
    expect(valet?.healthcheck?.test).toEqual(["CMD", "node", "scripts/healthy.mjs", "/readyz"]);
    expect([postgres?.ports, valet?.ports?.every((port) => port.startsWith("127.0.0.1:"))]).toEqual([undefined, true]);
    expect(compose.networks.database).toEqual({ internal: true });
    for (const service of [postgres, valet]) expect(service?.restart).toBe("unless-stopped");
  });

  it("is what compose itself understands, where it is installed", () => {
    const client = [["docker", "compose"], ["docker-compose"]].find(([command = "", ...more]) =>
      /version v?2/i.test(spawnSync(command, [...more, "version"]).stdout?.toString() ?? ""),
    );
    const [command, ...more] = client ?? [];
    const checked = command ? spawnSync(command, [...more, "config", "--quiet"], { encoding: "utf8" }) : null;
    expect(checked?.stderr ?? "").toBe("");
    expect(checked?.status ?? 0).toBe(0);
  });
});

describe("the secrets of compose.yaml", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "valet-secrets-"));
    for (const name of ["valet", "database"]) mkdirSync(join(folder, name));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const make = () =>
    execFileSync(process.execPath, ["scripts/compose-secrets.mjs"], { env: { ...process.env, SECRETS_DIR: folder }, encoding: "utf8" });
  const read = (name: string) => readFileSync(join(folder, name), "utf8");

  it("are made once, each what Valet takes, and said to nobody", () => {
    const said = make();
    const files = ["database/password", "valet/database-url", "valet/keys", "valet/metrics-token"];
    const first = files.map(read);
    for (const value of first) expect(said).not.toContain(value);
    expect(new Set(first).size).toBe(files.length);
    expect(make()).toBe("");
    expect(files.map(read)).toEqual(first);
    const { environment = {} } = compose.services.valet as Service;
    const given = Object.entries(environment).flatMap(([name, value]) =>
      name.endsWith("_FILE") ? [[name, value.replace(/^\/secrets/, folder)]] : [],
    );
    const { keys, databaseUrl, metricsToken } = readSettings(Object.fromEntries(given));
    expect([keys, databaseUrl, metricsToken]).toEqual([read("valet/keys"), read("valet/database-url"), read("valet/metrics-token")]);
    expect(databaseUrl).toBe(`postgresql://valet:${read("database/password")}@postgres:5432/valet`);
  });

  it("are for nobody else to read, but the password for PostgreSQL's own user", () => {
    const modeOf = (name: string) => (statSync(join(folder, name)).mode & 0o777).toString(8);
    expect(["valet/database-url", "valet/keys", "valet/metrics-token", "database/password"].map(modeOf)).toEqual([
      "400",
      "400",
      "400",
      "444",
    ]);
  });
});
