/**
 * The address that opens Slack's "create an app" page with everything filled in, so that nobody types scopes. It holds no
 * secret: Slack shows those once the app is made. Token rotation stays off: it cannot be switched off again there.
 */
export function slackManifestUrl(name: string, scopes: readonly string[], redirectUri: string): string {
  const manifest = {
    display_information: { name },
    oauth_config: { redirect_urls: [redirectUri], scopes: { user: scopes } },
    settings: { org_deploy_enabled: false, socket_mode_enabled: false, token_rotation_enabled: false },
  };
  const url = new URL("https://api.slack.com/apps");
  url.search = new URLSearchParams({ new_app: "1", manifest_json: JSON.stringify(manifest) }).toString();
  return url.href;
}
