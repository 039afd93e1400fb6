/**
 * An error as it may be logged. Messages are left out because they carry data (a database names the value that
 * collided, a parser quotes its input); class, code and stack frames say where it broke.
 * Invariant: no text that an input could have shaped passes, also when a message imitates stack frames.
 */

/** What is known of an error without its message. Frames are innermost first, at most 20; causes at most 4 deep. */
export interface DescribedError {
  readonly type: string;
  readonly code?: string;
  readonly stack: readonly string[];
  readonly cause?: DescribedError;
}

const FRAMES_MAX = 20;
const CAUSES_MAX = 4;
const NAME = /^[A-Za-z][A-Za-z0-9_.]{0,63}$/;
const CODE = /^(?=.*[A-Z_-])[A-Za-z0-9_-]{1,64}$|^[0-9A-Z]{5}$/; // ERR_…, kebab-case, SQLSTATE
const FRAME =
  /^ {4}at (?:[\w$.<>[\] ]{1,120} \()?(?:node:|file:\/\/|\/)[\w./@:+%-]{1,300}:\d{1,6}:\d{1,6}\)?$/;
const LONG_DIGITS = /\d{10}/;

/** Describes anything that was thrown. */
export function describeError(thrown: unknown): DescribedError {
  return describe(thrown, 0);
}

function describe(thrown: unknown, depth: number): DescribedError {
  if (!(thrown instanceof Error)) return { type: `thrown ${typeof thrown}`, stack: [] };
  const code = 'code' in thrown ? thrown.code : undefined;
  return {
    type: NAME.test(thrown.name) && !LONG_DIGITS.test(thrown.name) ? thrown.name : 'Error',
    ...(typeof code === 'string' && CODE.test(code) && !LONG_DIGITS.test(code) ? { code } : {}),
    stack: framesOf(thrown),
    ...(thrown.cause !== undefined && depth < CAUSES_MAX ? { cause: describe(thrown.cause, depth + 1) } : {}),
  };
}

function framesOf(error: Error): string[] {
  const stack = typeof error.stack === 'string' ? error.stack.slice(0, 65_536) : '';
  // The head repeats the message; where it was changed after the throw, only the shape of the frames protects.
  const at = error.message === '' ? -1 : stack.indexOf(error.message);
  const frames = at < 0 ? stack : stack.slice(at + error.message.length);
  return frames
    .split('\n')
    .filter((line) => FRAME.test(line) && !LONG_DIGITS.test(line))
    .slice(0, FRAMES_MAX)
    .map((line) => line.trim().slice(3));
}
