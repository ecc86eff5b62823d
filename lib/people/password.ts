import { type Algorithm, hash, verify } from "@node-rs/argon2";

/** `Algorithm.Argon2id`: a const enum, which a bundler cannot read. */
const ARGON2ID = 2 as Algorithm;

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. */
const COST = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Made with COST from a password that nobody kept: what is compared when there is nobody to compare with. */
const NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$F82yohVPv+be5yH+WL2WSA$ZSncW4/iwEH2O1gh7WKiF7ddS8WKTxeRUioumuuAsHI";

/** argon2id as a PHC string. */
export function hashPassword(password: string): Promise<string> {
  return hash(spelled(password), COST);
}

/** Whether the password fits. Without a hash it works as long and answers no, so that time does not tell who is here. */
export async function verifyPassword(phc: string | null, password: string): Promise<boolean> {
  const fits = await verify(phc ?? NOBODY, spelled(password));
  return fits && phc !== null;
}

/** The same keys pressed on another system may arrive as other code points (NIST SP 800-63B section 5.1.1.2). */
function spelled(password: string): string {
  return password.normalize("NFKC");
}
