"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { tabHref, tabOfAnchor } from "../tabs";

/** Links from before the page had parts name a heading alone, which the server never sees: leads on to its part. */
export function OldAnchor({ agentId }: { readonly agentId: string }) {
  const router = useRouter();
  useEffect(() => {
    const anchor = window.location.hash.slice(1);
    const tab = tabOfAnchor(anchor);
    if (tab) router.replace(tabHref(agentId, tab, anchor));
  }, [agentId, router]);
  return null;
}
