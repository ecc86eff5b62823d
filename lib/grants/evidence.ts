import { z } from "zod";

const probed = z.object({
  label: z.string(),
  method: z.string(),
  path: z.string(),
  expected: z.enum(["passes", "refused"]),
  /** Who decided: Valet's rules, or the SaaS. */
  by: z.enum(["valet", "saas"]),
  /** The SaaS's answer; null when nothing was sent, or nothing came back. */
  status: z.number().nullable(),
  /** `open`: it should have been refused and was not. `unsure`: the answer proves neither. */
  outcome: z.enum(["as_expected", "open", "does_not_pass", "unsure"]),
  sentence: z.string(),
});

/** What one probe showed, decided by one of the two. */
export type Evidence = Readonly<z.output<typeof probed>>;

const kept = z.object({
  outcome: z.enum(["proven", "open", "not_proven"]),
  provenAt: z.string().nullable(),
  note: z.string().nullable(),
  open: z.array(z.string()),
  evidence: z.array(probed),
});

/** What a grant's last self-test showed, as its page and the API tell it. */
export interface Proof {
  readonly outcome: "proven" | "open" | "not_proven";
  readonly testedAt: Date;
  /** When a self-test last proved all of it; null when none has yet. */
  readonly provenAt: Date | null;
  /** Why the SaaS was not asked, in a sentence; null when it was. */
  readonly note: string | null;
  /** Labels of what keeps the grant suspended: found open, and not seen shut since. */
  readonly open: readonly string[];
  readonly evidence: readonly Evidence[];
}

/** The proof that a grant's columns hold; null before the first self-test. */
export function readProof(grant: { readonly testedAt: Date | null; readonly evidence: unknown }): Proof | null {
  const read = kept.safeParse(grant.evidence);
  if (!grant.testedAt || !read.success) return null;
  const { provenAt, ...rest } = read.data;
  return { ...rest, testedAt: grant.testedAt, provenAt: provenAt === null ? null : new Date(provenAt) };
}
