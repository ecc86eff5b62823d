// `npm run keys`: a fresh value for VALET_KEYS. Put it first, before the keys in use, to rotate.
import { randomBytes } from "node:crypto";

const id = new Date().toISOString().slice(0, 10).replaceAll("-", "");
console.log(`${id}:${randomBytes(32).toString("base64url")}`);
