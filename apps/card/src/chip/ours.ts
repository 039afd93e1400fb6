/**
 * What nothing public tells of the real card, decided here, in one place: change it when somebody knows better. The choices
 * of behaviour that are no constants are listed in docs/flows/chip.md under “Decided”; status words of ours are
 * marked in status-words.ts, files of ours by `from` in applications/.
 */

/** What 0008 says of a certificate that is there (surveyed), of one that is not (ours), and its last octet (surveyed). */
export const PRESENT = 0x8f;
export const ABSENT = 0x00;
export const PRESENCE_TAIL = 0x00;

/**
 * 0006: surveyed are its length, that its numbers are big-endian of 32 bits, and the label at its beginning. 160 octets are what
 * the CK_TOKEN_INFO of PKCS #11 takes, which begins with a label of 32: that it is one is our reading. No serial number.
 */
export const TOKEN_INFO_BYTES = 160;
export const TOKEN_LABEL_BYTES = 32;
/** Behind label, manufacturer, model and serial number, which are text. */
export const TOKEN_NUMBERS_AT = 96;
/** Random numbers, write-protected, PIN needed, PIN set, initialised. */
export const TOKEN_FLAGS = 0x0000_040f;
/** The longest and the shortest PIN. */
export const TOKEN_PIN_BYTES = [16, 4] as const;

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
