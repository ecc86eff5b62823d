import pg from "pg";

/** How long at least one statement was under way on any of our connections, in milliseconds. */
let [total, since, underWay] = [0, 0, 0];

function begin(): void {
  if (underWay === 0) since = performance.now();
  underWay += 1;
}

function end(): void {
  underWay -= 1;
  if (underWay === 0) total += performance.now() - since;
}

type Ask = (this: pg.Client, ...given: unknown[]) => unknown;
type Told = (...answer: unknown[]) => void;

/** From now on, `databaseMs` knows of every statement of this process, whoever asks it: Valet's own and Prisma's. */
export function watchStatements(): void {
  const prototype = pg.Client.prototype as unknown as { query: Ask };
  const ask = prototype.query;
  prototype.query = function (...given) {
    begin();
    const last = given.at(-1);
    if (typeof last === "function") {
      const told: Told = (...answer) => {
        end();
        (last as Told)(...answer);
      };
      return ask.apply(this, [...given.slice(0, -1), told]);
    }
    const answer = ask.apply(this, given);
    void Promise.resolve(answer).then(end, end);
    return answer;
  };
}

/** Milliseconds that the process has waited for the database so far, of several statements at the same time once. */
export function databaseMs(): number {
  return underWay === 0 ? total : total + performance.now() - since;
}
