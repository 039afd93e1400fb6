/**
 * What a browser remembers for an operator so that it need not be typed again: names of places and machines, never anything of a
 * person. A cookie that scripts do not see and other sites do not send. What is not of the pattern was not remembered.
 */

export interface Remembered {
  readonly read: (header: string | undefined) => string | undefined;
  /** A Set-Cookie value. @throws where the value is not of the pattern */
  readonly write: (value: string) => string;
}

const KEPT_SECONDS = 180 * 24 * 3600;

/** @param pattern of whole values, of characters that a cookie holds */
export function remembered(name: string, pattern: RegExp): Remembered {
  const whole = new RegExp(`^(?:${pattern.source})$`);
  return {
    read: (header = '') => {
      const pair = header.split(';').find((each) => each.trimStart().startsWith(`${name}=`));
      const value = pair?.slice(pair.indexOf('=') + 1).trim();
      return value !== undefined && whole.test(value) ? value : undefined;
    },
    write: (value) => {
      if (!whole.test(value)) throw new Error(`nothing to remember as ${name}`);
      return `${name}=${value}; Max-Age=${KEPT_SECONDS}; Path=/; HttpOnly; SameSite=Strict`;
    },
  };
}
