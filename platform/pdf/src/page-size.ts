/** The size of every page whose document names no other. */

/** A4 upright. */
export const PAGE_MM = Object.freeze({ width: 210, height: 297 });
