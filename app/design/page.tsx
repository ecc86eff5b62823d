import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getCore } from "@/app/_server/core";
import { Forms } from "./Forms";
import { Lists } from "./Lists";
import { Small } from "./Small";
import { Tokens } from "./Tokens";
import { Words } from "./Words";

export const metadata: Metadata = { title: "Design" };

const CONTENTS = [
  ["type", "Type"],
  ["colours", "Colours"],
  ["spacing", "Spacing"],
  ["buttons", "Buttons"],
  ["tags", "Tags"],
  ["hands", "Hands"],
  ["marks", "Marks and moments"],
  ["forms", "Forms"],
  ["choices", "Choices"],
  ["agents", "Agents"],
  ["grants", "Grants"],
  ["activity", "Activity"],
  ["facts", "Facts"],
  ["secrets", "Secrets and snippets"],
  ["notices", "Notices"],
  ["headers", "Headers and ways"],
  ["problems", "Pages that could not be"],
] as const;

/** Every component in every state, for whoever works on them. Holds no data of anybody; `VALET_DESIGN_PAGE` says where it is shown. */
export default async function DesignPage() {
  const { settings } = await getCore();
  if (!settings.designPage) notFound();
  return (
    <main className="mx-auto grid max-w-5xl grid-cols-[minmax(0,1fr)] gap-6 px-4 py-8">
      <h1 className="px-4 text-xl font-semibold tracking-tight">Design</h1>
      <nav aria-label="Contents" className="px-4">
        <ul className="flex flex-wrap gap-x-4 gap-y-1">
          {CONTENTS.map(([id, title]) => (
            <li key={id}>
              <a href={`#${id}`} className="prose-link inline-flex min-h-6 items-center text-sm">
                {title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <Tokens />
      <Small />
      <Forms />
      <Lists />
      <Words />
    </main>
  );
}
