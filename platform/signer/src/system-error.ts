/** What the operating system says of a failure, without the paths that its messages carry. */

/** The short name, `ENOSPC`. */
export function errorCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return 'unknown error';
}

/** For `catch`: undefined for a path that does not exist. */
export function ignoreMissing(error: unknown): undefined {
  if (errorCode(error) !== 'ENOENT') throw error;
}
