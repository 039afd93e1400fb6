/**
 * Structured logs (pino, one JSON object a line) that hold no personal data: an event's name, flat fields of known
 * shape, and errors without their messages. There is no way to log an object, a body, a URL or a message through it.
 */
import pino from 'pino';
import { describeError } from './describe-error.ts';

/** Fields of an event: counts, codes, opaque ids. Never names, numbers, addresses or texts of persons. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** What the parts of the house log to. `event` is a stable kebab-case name. */
export interface Log {
  readonly info: (event: string, fields?: LogFields) => void;
  readonly warn: (event: string, fields?: LogFields) => void;
  /** `thrown` is logged by class, code and stack frames; its message is not. */
  readonly error: (event: string, fields?: LogFields, thrown?: unknown) => void;
}

/** Options of a log: `destination` takes whole lines; by default they go to standard output in the background. */
export interface LogOptions {
  readonly service: string;
  readonly level?: 'info' | 'warn' | 'error' | 'silent';
  readonly destination?: { readonly write: (line: string) => void };
}

/** A log on pino. Buffered lines are flushed every half second and at exit. */
export function createLog(options: LogOptions): Log {
  const logger = pino(
    {
      level: options.level ?? 'info',
      base: { service: options.service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    options.destination ?? pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 500 }),
  );
  return {
    info: (event, fields) => logger.info(fields ?? {}, event),
    warn: (event, fields) => logger.warn(fields ?? {}, event),
    error: (event, fields, thrown) =>
      logger.error(
        thrown === undefined ? (fields ?? {}) : { ...fields, error: describeError(thrown) },
        event,
      ),
  };
}
