import { FAULTS, type Killed, killAtRandom, loseRefresh, type Outcome, suffer } from "./faults";
import { House } from "./house";

/** How often each fault happens; the first is the one that no handler can soften. */
const KILLS = Number(process.env.FAULT_KILLS ?? 200);
const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 10);

/** The long form of the fault tests. Prints docs/faults.md, and ends with 1 where something was lost. */
const house = await House.open();
const rows: string[] = [];
let lost = 0;
try {
  const lent = await house.lend();
  await house.startValet();
  for (const [index, fault] of FAULTS.entries()) {
    const outcome = await suffer(house, lent, fault, index === 0 ? KILLS : ROUNDS);
    lost += faultsIn(outcome);
    rows.push(rowOf(fault.name, fault.expected, outcome));
    process.stderr.write(`${fault.name}: ${outcome.rounds} times\n`);
  }
  const kills: string[] = [];
  for (const which of ["web", "refresher"] as const) {
    const killed = await killAtRandom(house, lent, which, ROUNDS);
    lost += killed.strange.length + (which === "web" ? killed.lost : 0);
    kills.push(rowOfKills(which, killed));
  }
  print(await loseRefresh(house, lent), kills);
} finally {
  await house.close();
}
process.exitCode = lost > 0 ? 1 : 0;

function faultsIn({ arrived, withRow, seenBySaas, inLedger, doubled, strange, lostConnections }: Outcome): number {
  return arrived - withRow + Math.max(0, seenBySaas - inLedger) + doubled + strange.length + lostConnections;
}

function rowOf(name: string, expected: string, told: Outcome): string {
  const { rounds, arrived, withRow, seenBySaas, inLedger, doubled, strange, lostConnections } = told;
  const otherwise = strange.length === 0 ? "none" : strange.join(", ");
  return `| ${name} | ${expected} | ${rounds} | ${arrived} | ${withRow} | ${seenBySaas} | ${inLedger} | ${doubled} | ${otherwise} | ${lostConnections} |`;
}

function rowOfKills(which: string, { kept, lost: inWindow, strange }: Killed): string {
  return `| the ${which} process | ${ROUNDS} | ${kept} | ${inWindow} | ${strange.length === 0 ? "none" : strange.join(", ")} |`;
}

function print({ triedAgain, status, note, told }: Awaited<ReturnType<typeof loseRefresh>>, kills: readonly string[]): void {
  console.log(
    [
      "# Faults",
      "",
      "Written by `npm run faults`; do not edit. Sixteen agents fetch tokens and call through the gateway, over and over, while something happens to a part;",
      "everything is real: Valet's process, PostgreSQL with its flushes to disk, the strict pretend SaaS. The short form runs with every `npm test`.",
      "",
      "| fault | expected | times | arrived at agents | of them with their row | calls the SaaS saw | calls in the ledger | rows doubled | other answers than 503 | accounts lost |",
      "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: |",
      ...rows,
      "",
      "A call that the ledger has and the SaaS never saw was admitted when the fault came: the row is first, always.",
      "",
      "## Killed in the middle of a refresh",
      "",
      "At any moment of a refresh, at a SaaS that takes a refresh token once and gives no grace. The refresher alone talks to it: what happens to the web",
      "process costs nothing.",
      "",
      "| `kill -9` of | times | accounts kept | lost in the one window, and said so | anything else |",
      "| --- | ---: | ---: | ---: | --- |",
      ...kills,
      "",
      "## The one window",
      "",
      "A SaaS has spent the refresh token, and its answer is lost with the refresher before it was stored: no broker can close that. After the next start",
      `the old token was tried ${triedAgain === 1 ? "once" : `${triedAgain} times`}; then the account was \`${status}\`, its page said “${note}”, and the agent was told`,
      `${told.map((one) => `\`${one}\``).join(", and the next time ")}.`,
    ].join("\n"),
  );
}
