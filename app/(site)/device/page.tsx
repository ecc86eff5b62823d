import type { Metadata } from "next";
import { requirePerson } from "@/app/_server/person";
import { clientAddress } from "@/app/_server/request";
import { buttonClass } from "@/app/_ui/Button";
import { Card } from "@/app/_ui/Card";
import { DataList, Datum } from "@/app/_ui/DataList";
import { TextField } from "@/app/_ui/Field";
import { Notice } from "@/app/_ui/Notice";
import { When } from "@/app/_ui/When";
import type { PersonCtx } from "@/lib/ctx";
import { isRefusal } from "@/lib/errors";
import { findWaitingTerminal, type WaitingTerminal } from "@/lib/people/decideTerminal";
import { Decide } from "./Decide";

export const metadata: Metadata = { title: "Sign in at a terminal" };

interface Props {
  readonly searchParams: Promise<{ user_code?: string | string[] }>;
}

/** Where a person lets a terminal in that shows them a code. An address that has the code already still only asks. */
export default async function DevicePage({ searchParams }: Props) {
  const ctx = await requirePerson();
  const { user_code: typed } = await searchParams;
  const found = typeof typed === "string" && typed !== "" ? await look(ctx, typed) : null;
  return (
    <>
      <h1 className="text-xl font-semibold tracking-tight">Sign in at a terminal</h1>
      {found && typeof found === "object" ? <Waiting terminal={found} ctx={ctx} /> : <EnterCode problem={found} />}
    </>
  );
}

/** The terminal, or the sentence that says why there is none. */
async function look(ctx: PersonCtx, userCode: string): Promise<WaitingTerminal | string> {
  try {
    return await findWaitingTerminal(ctx, { userCode, address: await clientAddress() });
  } catch (error) {
    if (isRefusal(error)) return error.message;
    throw error;
  }
}

function EnterCode({ problem }: { readonly problem: string | null }) {
  return (
    <>
      {problem ? (
        <Notice tone="danger" role="alert">
          {problem}
        </Notice>
      ) : null}
      <form action="/device" className="grid gap-4">
        <TextField
          label="Code"
          name="user_code"
          hint="Eight letters, such as WDJB-MJHT, that the terminal shows."
          className="font-mono tracking-widest uppercase"
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={20}
          required
        />
        <button type="submit" className={buttonClass("primary", "min-h-10")}>
          Continue
        </button>
      </form>
    </>
  );
}

function Waiting({ terminal, ctx }: { readonly terminal: WaitingTerminal; readonly ctx: PersonCtx }) {
  const now = ctx.clock.now();
  return (
    <>
      <p className="text-muted">Allow this only if you started it yourself, just now, and the terminal shows this very code.</p>
      <p className="text-center font-mono text-2xl font-semibold tracking-widest">{terminal.userCode}</p>
      <Card>
        <DataList>
          <Datum name="Program">{terminal.clientName}</Datum>
          <Datum name="Asked from">
            <span className="font-mono text-sm">{terminal.address}</span>
          </Datum>
          <Datum name="Asked">
            <When at={terminal.askedAt} now={now} />
          </Datum>
          <Datum name="It signs in as">
            {ctx.actor.name}, {ctx.actor.email}
          </Datum>
          <Datum name="It will be able to">{terminal.words}</Datum>
        </DataList>
      </Card>
      <Decide userCode={terminal.userCode} />
    </>
  );
}
