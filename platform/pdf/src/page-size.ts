/** The size of every page. */

/** A4 upright. */
export const PAGE_MM = Object.freeze({ width: 210, height: 297 });
