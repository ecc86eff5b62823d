"use client";

import { Search as Glass } from "lucide-react";
import Form from "next/form";
import { useEffect, useRef } from "react";
import { CONTROL } from "@/app/_ui/Field";

const PAUSE_MS = 200;

/** The search of the catalogue. The address keeps it; without scripts Enter sends it. */
export function Search({ value }: { readonly value: string }) {
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // Back and forward change what was searched for; whoever types is not interrupted.
  useEffect(() => {
    if (field.current && document.activeElement !== field.current) field.current.value = value;
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <Form action="/connections" replace scroll={false} role="search" className="relative w-full sm:w-72">
      <label htmlFor="service-search" className="sr-only">
        Search services
      </label>
      <Glass className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-faint" aria-hidden="true" />
      <input
        ref={field}
        id="service-search"
        type="search"
        name="q"
        defaultValue={value}
        placeholder="Search services"
        autoComplete="off"
        className={`${CONTROL} pl-8.5`}
        onChange={(event) => {
          const { form } = event.currentTarget;
          clearTimeout(timer.current);
          timer.current = setTimeout(() => form?.requestSubmit(), PAUSE_MS);
        }}
      />
    </Form>
  );
}
