/** `typ` of an access token (RFC 9068 section 2.1). */
export const ACCESS_TOKEN = 'at+jwt';
