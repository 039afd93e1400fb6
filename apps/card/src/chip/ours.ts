/**
 * What nothing public tells of the real card, decided here, in one place: change it when somebody knows better. The choices
 * of behaviour that are no constants are listed in docs/flows/chip.md under “Decided”; status words of ours are
 * marked in status-words.ts, files of ours by `from` in applications/.
 */

/** What 0008 says of a certificate that is there (surveyed), of one that is not (ours), and its last octet (surveyed). */
export const PRESENT = 0x8f;
export const ABSENT = 0x00;
export const PRESENCE_TAIL = 0x00;

/** In 0006, as its big-endian fields: nothing public says what they mean; ours are zero behind the label. */
export const TOKEN_INFO_BYTES = 160;
export const TOKEN_LABEL_BYTES = 32;

/** The most that a chain of commands brings together. */
export const CHAIN_BYTES_MAX = 65_535;

/** The most that is read of a file: offsets have 15 bits. */
export const FILE_BYTES_MAX = 0x7fff;

/** The most random octets at once. */
export const CHALLENGE_BYTES_MAX = 256;

/** The free area for loaded applications, all together. */
export const FREE_AREA_BYTES = 16_384;

/** The salt of an RSASSA-PSS signature: as long as the hash (RFC 8017 9.1). */
export const PSS_SALT_BYTES = 32;

/** The certificates’ files are as long as the certificates; a real card’s may be longer and filled. */
export const CERTIFICATE_BYTES_MAX = 4_096;
