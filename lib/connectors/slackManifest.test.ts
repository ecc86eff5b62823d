import { describe, expect, it } from "vitest";
import { slack } from "./slack";
import { slackManifestUrl } from "./slackManifest";

describe("the link to a Slack app", () => {
  const scopes = slack.scopes.filter(({ access }) => access === "read").map(({ name }) => name);
  const url = new URL(slackManifestUrl("Valet", scopes, "https://valet.example/connect/slack/callback"));

  it("goes to Slack, with the scopes of a person, the redirect URI and nothing else", () => {
    expect(`${url.origin}${url.pathname}`).toBe("https://api.slack.com/apps");
    expect([...url.searchParams.keys()]).toEqual(["new_app", "manifest_json"]);
    expect(JSON.parse(url.searchParams.get("manifest_json") ?? "")).toEqual({
      display_information: { name: "Valet" },
      oauth_config: { redirect_urls: ["https://valet.example/connect/slack/callback"], scopes: { user: scopes } },
      settings: { org_deploy_enabled: false, socket_mode_enabled: false, token_rotation_enabled: false },
    });
  });

  it("is short enough for every browser with all scopes there are", () => {
    const all = slack.scopes.map(({ name }) => name);
    expect(slackManifestUrl("Valet", all, "https://valet.example/connect/slack/callback").length).toBeLessThan(2000);
  });
});
