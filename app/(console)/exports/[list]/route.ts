import { fileAnswer } from "@/app/_server/fileAnswer";
import { findExport } from "@/lib/wire/exports";
import { readQuery } from "@/lib/wire/rest";

interface Props {
  readonly params: Promise<{ readonly list: string }>;
}

/** A list as a file, asked for as `GET /api/v1/exports/{list}` is, by whoever is signed in. */
export async function GET(request: Request, { params }: Props): Promise<Response> {
  return await fileAnswer(async (ctx) => await findExport((await params).list).answer(ctx, readQuery(request)));
}
