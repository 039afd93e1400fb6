/**
 * Which errors say something about the moment and nothing about the message: a receipt that meets one fails as a whole
 * and the sender tries again. Everything else that a handler throws parks the message. SQLSTATE classes: PostgreSQL,
 * appendix A.
 */

const TRANSIENT_CLASSES = [
  '08', // connection
  '40', // transaction rollback: serialization, deadlock
  '53', // out of resources
  '57', // operator intervention: shutdown, cancelled by a time limit
  '58', // system error
];
const TRANSIENT_CODES = new Set([
  '25006', // read-only: a standby before its promotion
  '55P03', // a lock was not available
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT', // the Unix socket of a server that is not up
  'EPIPE',
  'ETIMEDOUT',
]);

/** The error's `code`: an SQLSTATE, or the driver's or Node's name of it. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Whether trying the same again later may succeed. */
export function isTransient(error: unknown): boolean {
  const code = codeOf(error);
  if (code === undefined) return false;
  return TRANSIENT_CODES.has(code) || (code.length === 5 && TRANSIENT_CLASSES.includes(code.slice(0, 2)));
}

/** Whether the connection on which the error came is gone: the server ended the session, or the socket broke. */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('severity' in error) return error.severity === 'FATAL' || error.severity === 'PANIC';
  return isTransient(error);
}

/** An error's class and code: what may be logged, for its message may hold personal data. */
export function nameOf(error: unknown): string {
  const name = error instanceof Error ? error.constructor.name : typeof error;
  const code = codeOf(error);
  return code === undefined ? name : `${name} ${code}`;
}
