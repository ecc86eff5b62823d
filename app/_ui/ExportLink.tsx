import { Download } from "lucide-react";
import { snakeName } from "@/lib/wire/names";
import { buttonClass } from "./Button";

interface Props {
  /** By its name among the exports, and of what it is for those who only hear it. */
  readonly list: string;
  readonly words: string;
  /** As the page's own verb was asked; what is false or not there is left out. */
  readonly filter?: Readonly<Record<string, unknown>>;
}

/** All rows of a list as a file. A plain link: the browser takes the file and holds none of it here; Next must not read it ahead. */
export function ExportLink({ list, words, filter = {} }: Props) {
  return (
    <a className={buttonClass("quiet")} href={exportPath(list, filter)} download>
      <Download aria-hidden="true" />
      CSV
      <span className="sr-only"> of {words}</span>
    </a>
  );
}

function exportPath(list: string, filter: Readonly<Record<string, unknown>>): string {
  const asked = Object.entries(filter).filter(([, value]) => value !== undefined && value !== false && value !== "");
  return `/exports/${list}?${new URLSearchParams([...asked.map(([name, value]) => [snakeName(name), String(value)]), ["format", "csv"]])}`;
}
