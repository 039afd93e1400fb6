/** What the routes that load a municipality's file have in common: their bounds, and the refusals of a file. */

export const FILE_BYTES_MAX = 2 ** 31;
export const LOAD_TIMEOUT_MS = 3_600_000;
/** Rejected rows in an answer. */
export const REJECTS_SHOWN = 200;

export const fileStatuses = {
  'municipality-unknown': 404,
  'file-empty': 422,
  'columns-missing': 422,
  'columns-unknown': 422,
  'columns-repeated': 422,
  'file-encoding-invalid': 422,
} as const;
