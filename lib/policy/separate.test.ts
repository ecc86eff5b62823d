import { describe, expect, it } from "vitest";
import { demo } from "../connectors/demo";
import { demoBoard } from "../connectors/demoBoard";
import { figma } from "../connectors/figma";
import { github } from "../connectors/github";
import { gitlab } from "../connectors/gitlab";
import { microsoft } from "../connectors/microsoft";
import { connectors } from "../connectors/registry";
import { separateConsent } from "./separate";

const WHOLE = ["profile:read", "issues:read", "issues:write"];

describe("a consent for one grant alone", () => {
  it("asks for what is lent and what the SaaS wants with every consent, and for nothing more", () => {
    expect(separateConsent(demoBoard, WHOLE, ["issues:read"], false)).toEqual({
      registration: "main",
      scopes: ["profile:read", "issues:read"],
      requested: ["profile:read", "issues:read"],
    });
    expect(separateConsent(gitlab, ["api", "openid"], ["read_api"], false)).toEqual({
      registration: "main",
      scopes: ["read_api"],
      requested: ["openid", "read_api"],
    });
  });

  it("is given to the client that only reads where there is one, for what reads and nothing else", () => {
    expect(separateConsent(demoBoard, WHOLE, ["issues:read"], true)?.registration).toBe("read_only");
    expect(separateConsent(demoBoard, [...WHOLE, "admin"], ["issues:write"], true)?.registration).toBe("main");
    const [mail, write] = ["Mail.Read", "Mail.ReadWrite"];
    expect(separateConsent(microsoft, [write], [mail], true)).toMatchObject({ registration: "read_only", scopes: [mail] });
    expect(separateConsent(microsoft, [write, "Files.ReadWrite"], [write], true)).toBeNull();
  });

  it("is not offered where a second one would merge with the first or end it, nor where nobody confirmed that it does not", () => {
    expect(separateConsent(microsoft, ["Mail.ReadWrite"], ["Mail.Read"], false)).toBeNull();
    expect(separateConsent(figma, ["file_content:read", "file_comments:write"], ["file_content:read"], false)).toBeNull();
    expect(separateConsent(github, ["repo", "read:user"], ["read:user"], true)).toBeNull();
  });

  it("is not offered where the SaaS holds the agent already, or where only Valet knows the scope", () => {
    expect(separateConsent(demo, WHOLE, ["issues:read"], true)).toBeNull();
    expect(separateConsent(demoBoard, ["profile:read", "issues:read"], ["profile:read", "issues:read"], false)).toBeNull();
    expect(separateConsent(demoBoard, WHOLE, ["issues:comment"], false)).toBeNull();
  });

  it("stands on what was found of each SaaS: these and no others", () => {
    const ids = (which: "separateConsent" | "readRegistration") => connectors.filter((one) => one[which] === "works").map(({ id }) => id);
    expect(ids("separateConsent")).toEqual([
      "confluence",
      "demo",
      "demo-board",
      "gitlab",
      "jira",
      "okta",
      "pagerduty",
      "sentry",
      "snowflake",
      "zendesk",
    ]);
    expect(ids("readRegistration")).toEqual(["demo-board", "figma", "hubspot", "microsoft", "slack", "zoom"]);
  });
});
