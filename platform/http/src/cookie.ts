/**
 * The session cookie (RFC 6265bis): `__Host-` prefix, Secure, HttpOnly, SameSite, whole origin. On plain loopback
 * HTTP the prefix and Secure are left out, since browsers would refuse the cookie there.
 */

/** Whether a link on another site brings the cookie along (Lax), or nothing from there does (Strict). */
export type SameSite = 'Lax' | 'Strict';

/** A cookie of one name that holds a token. */
export interface SessionCookie {
  readonly name: string;
  /** The token in a Cookie header, if it has the shape of one. */
  readonly read: (header: string | undefined) => string | undefined;
  /** The Set-Cookie value that stores a token for a time; `Lax` where nothing is said. */
  readonly write: (token: string, secondsMax: number, sameSite?: SameSite) => string;
  /** The Set-Cookie value that removes the token. */
  readonly clear: () => string;
}

const TOKEN = /^[A-Za-z0-9_-]{16,512}$/;

/** The session cookie; `secure: false` is for plain HTTP on loopback only. */
export function sessionCookie(options: { readonly name?: string; readonly secure: boolean }): SessionCookie {
  const name = (options.secure ? '__Host-' : '') + (options.name ?? 'ishizue-session');
  const attributes = (sameSite: SameSite): string =>
    `; Path=/; HttpOnly; SameSite=${sameSite}${options.secure ? '; Secure' : ''}`;
  return {
    name,
    read: (header) => readCookie(header, name),
    write: (token, secondsMax, sameSite = 'Lax') => {
      if (!TOKEN.test(token)) throw new Error('a session token has characters that a cookie cannot hold');
      if (!Number.isInteger(secondsMax) || secondsMax <= 0) throw new Error(`not a lifetime: ${secondsMax}`);
      return `${name}=${token}; Max-Age=${secondsMax}${attributes(sameSite)}`;
    },
    clear: () => `${name}=; Max-Age=0${attributes('Lax')}`,
  };
}

function readCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals < 0 || pair.slice(0, equals).trim() !== name) continue;
    const value = pair.slice(equals + 1).trim();
    return TOKEN.test(value) ? value : undefined; // the first one decides: a second must not be tried
  }
  return undefined;
}
