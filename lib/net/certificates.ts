/** What Node says when the other end of a line is not who it should be: nothing was sent to it. */
const CODES = new Set([
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REVOKED",
  "CERT_UNTRUSTED",
  "CERT_REJECTED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_CHAIN_TOO_LONG",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "HOSTNAME_MISMATCH",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

/** Whether a line was not opened because of the certificate at its other end. */
export function isBadCertificate(code: string): boolean {
  return CODES.has(code);
}

/** In words; there is no setting that would ignore it. */
export function badCertificateInWords(name: string, code: string): string {
  const what =
    code === "CERT_HAS_EXPIRED"
      ? "that has expired"
      : code === "ERR_TLS_CERT_ALTNAME_INVALID" || code === "HOSTNAME_MISMATCH"
        ? "of another name"
        : "that this machine does not trust";
  return `${name} showed a certificate ${what}, so nothing was sent there. Tell an admin.`;
}
