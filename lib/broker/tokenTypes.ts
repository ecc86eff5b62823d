/** RFC 8693 section 3: issued by this Valet. */
export const ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token";
/** The same said by its form. */
export const JWT_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:jwt";
