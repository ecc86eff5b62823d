"use server";

import { personAction } from "@/app/_server/action";
import { listResources, listResourcesInput } from "@/lib/connections/listResources";

/** Asks the service, in the person's name: only when they open the list, or look further. */
export const list = personAction(listResourcesInput, listResources);
