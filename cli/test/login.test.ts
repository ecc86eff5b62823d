import { afterAll, beforeAll, expect, it } from "vitest";
import { decideTerminal } from "../../lib/people/decideTerminal";
import { suspendPerson } from "../../lib/people/status";
import { builtCli, type Cli, ended } from "./valet";
import { type Member, member, type SocketWorld, socketWorld } from "./world";

let here: SocketWorld;
let cli: Cli;
let ada: Member;
beforeAll(async () => {
  here = await socketWorld("demo");
  cli = await builtCli(here.url);
  ada = await member(here);
});
afterAll(async () => {
  await here.close();
  cli.close();
});

it("logs a person in at a real Valet by the code that they confirm there, and is out with them", async () => {
  const child = cli.start(["login", "--json"]);
  const userCode = new Promise<string>((resolve) => {
    let said = "";
    child.stderr?.on("data", (chunk) => {
      said += String(chunk);
      const [code] = /[A-Z]{4}-[A-Z]{4}/.exec(said) ?? [];
      if (code) resolve(code);
    });
  });
  const end = ended(child);
  await decideTerminal(ada.ctx, { userCode: await userCode, address: "192.0.2.1", decision: "allow" });
  const { code, stdout, stderr } = await end;
  expect({ code, me: JSON.parse(stdout) }).toMatchObject({ code: 0, me: { name: "Ada Lovelace", url: here.url } });
  expect(stdout + stderr).not.toMatch(/eyJ|vlt_/);
  const agents = await cli.run(["agents", "list", "--json"]);
  expect(JSON.parse(agents.stdout)).toMatchObject([{ id: ada.bot.agentId }]);
  await suspendPerson(here.admin, { personId: ada.ctx.actor.personId });
  expect((await cli.run(["agents", "list"])).code).not.toBe(0);
});
