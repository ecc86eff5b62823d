const LINE = "=".repeat(78);

/** What the demo prints once everything runs. The credentials in it open nothing but this demo. */
export function demoNote(file, dataDir) {
  return [
    "",
    LINE,
    "  THIS IS A DEMO. Its data is made up, it listens on this machine only, and it is gone with the next start.",
    LINE,
    "",
    `  Valet           ${file.url}`,
    `  Pretend SaaS    ${file.saas.url}   (what reached it, request by request)`,
    "",
    ...file.people.map(({ role, sign_in_url }) => `  Sign in as ${role.padEnd(8)} ${sign_in_url}`),
    ...agentLines(file),
    "",
    `  For scripts: ${dataDir}/demo.json. Ctrl-C stops everything.`,
    "",
  ].join("\n");
}

function agentLines(file) {
  const agent = file.agents.find(({ grants }) => grants.length > 0);
  if (!agent) return [];
  const grant = agent.grants.find(({ connector }) => connector === "demo") ?? agent.grants[0];
  const exchange = exchangeCommand(file.url, agent, grant);
  return [
    "",
    `  As the agent "${agent.name}", fetch short-lived access:`,
    "",
    exchange,
    "",
    "  Fetch it and use it, in one line:",
    "",
    `curl -s -H "Authorization: Bearer ${tokenFrom(exchange)}" ${grant.api_base.replace(/\/$/, "")}/api/issues`,
    ...movedAgentLines(file, agent),
  ];
}

/** What the README's "Move an agent that you have" asks for. */
function movedAgentLines(file, agent) {
  const grant = agent.grants.find(({ api_base }) => api_base.startsWith(file.url));
  if (!grant) return [];
  const through = exchangeCommand(file.url, agent, grant);
  return [
    "",
    "  For the agent in the README: a personal access token of Ada's, which may do everything that she may",
    "",
    `export TRACKER_URL=${file.saas.url} TRACKER_TOKEN=${file.saas.personal_token}`,
    "",
    "  and what Ada lent instead, through Valet:",
    "",
    `export TRACKER_URL=${grant.api_base.replace(/\/$/, "")} TRACKER_TOKEN=${tokenFrom(through)}`,
  ];
}

function tokenFrom(exchange) {
  return `$(${exchange} | node -pe 'JSON.parse(require("fs").readFileSync(0)).access_token')`;
}

function exchangeCommand(url, agent, grant) {
  const fields = [
    "grant_type=urn:ietf:params:oauth:grant-type:token-exchange",
    `subject_token=${grant.id}`,
    "subject_token_type=urn:valet:params:oauth:token-type:grant",
  ];
  return `curl -s -u '${agent.client_id}:${agent.client_secret}' ${fields.map((field) => `-d ${field}`).join(" ")} ${url}/oauth/token`;
}
