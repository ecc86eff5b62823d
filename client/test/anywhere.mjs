// An agent's program, in words that every runtime has. It prints what came of it. Run by anywhere.test.ts.
const { Valet, ValetRefusal } = await import(process.argv.at(-1));

const now = Number(process.env.TEST_NOW);
const valet = new Valet({ now: () => now });
const issues = "/repos/marie/radium/issues";
const tokens = await Promise.all([valet.token("github"), valet.token("github")]);
const read = await valet.fetch("github", issues);
const refusal = await valet.fetch("github", issues, { method: "POST", body: "{}" }).catch((error) => error);
const { access } = await valet.withRun("nightly").access();
console.log(
  JSON.stringify({
    once: tokens[0] === tokens[1],
    read: [read.status, await read.json()],
    refused: [refusal instanceof ValetRefusal, refusal.code, refusal.rule?.kind, refusal.smallestGrant?.scopes, typeof refusal.fix],
    lent: access.map(({ connector, state }) => `${connector} ${state}`),
  }),
);
