import { Choice } from "./Choice";
import { type Draft, draftPath } from "./draft";

interface Props {
  readonly draft: Draft;
  readonly chosen: "delegated" | "own";
  readonly accountName: string;
}

/** For admins alone: an account that they connected may be the platform's. Each choice is a link to the same summary, made anew. */
export function Authority({ draft, chosen, accountName }: Props) {
  return (
    <section aria-labelledby="authority" className="grid gap-2">
      <h2 id="authority" className="text-md font-semibold tracking-tight">
        On whose authority?
      </h2>
      <ul className="grid gap-2 sm:grid-cols-2">
        <li>
          <Choice href={draftPath({ ...draft, pattern: undefined }, { review: true })} chosen={chosen === "delegated"} title="Yours">
            {accountName} is your own account. What the agent does there is recorded as done for you.
          </Choice>
        </li>
        <li>
          <Choice href={draftPath({ ...draft, pattern: "own" }, { review: true })} chosen={chosen === "own"} title="The agent's own">
            {accountName} belongs to the platform or to the bot. What the agent does there is recorded as done by it, for no person.
          </Choice>
        </li>
      </ul>
    </section>
  );
}
