/**
 * The signer's events as JSON lines, at most so many a second: a client that is refused in a loop must not fill the
 * disk. What was left out is counted in the next line.
 */

export const LINES_A_SECOND_MAX = 50;

export interface EventLog {
  /** Writes one line, or counts it as left out. */
  write(line: Readonly<Record<string, unknown>>): void;
}

export function createEventLog(sink: (text: string) => void, now: () => number = Date.now): EventLog {
  let second = 0;
  let written = 0;
  let leftOut = 0;
  return {
    write: (line) => {
      const current = Math.floor(now() / 1000);
      if (current !== second) [second, written] = [current, 0];
      if (written >= LINES_A_SECOND_MAX) {
        leftOut++;
        return;
      }
      written++;
      const time = new Date(now()).toISOString();
      sink(`${JSON.stringify({ time, ...line, ...(leftOut > 0 && { leftOut }) })}\n`);
      leftOut = 0;
    },
  };
}
