/** The version that programs and pages show. */
export const VERSION = '0.1.0';
