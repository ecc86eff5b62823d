import { ButtonLink } from "@/app/_ui/Button";
import { plural } from "@/app/_ui/words";
import type { Directory, DirectoryFilter } from "@/lib/agents/directory";
import { filterHref } from "./filter";

export function Pages({ directory: { found, page, pages }, filter }: { readonly directory: Directory; readonly filter: DirectoryFilter }) {
  if (pages === 1) return null;
  return (
    <nav aria-label="Pages" className="flex flex-wrap items-center justify-between gap-3 text-sm text-muted">
      <span>
        {plural(found, "agent")}, page {page} of {pages}
      </span>
      <span className="flex gap-2">
        {page > 1 ? <ButtonLink href={filterHref({ ...filter, page: page - 1 })}>Previous</ButtonLink> : null}
        {page < pages ? <ButtonLink href={filterHref({ ...filter, page: page + 1 })}>Next</ButtonLink> : null}
      </span>
    </nav>
  );
}
