/**
 * Whether a name lies in a subtree of nameConstraints (RFC 5280 4.2.1.10), form by form. A name or a base that cannot be
 * compared is `malformed`, which is refused under a permitted and under an excluded subtree alike.
 */
import type { GeneralName } from '@ishizue/x509';
import { isBelow } from './name-key.ts';

export type Match = 'inside' | 'outside' | 'malformed';

const HOST = /^(?:[a-z0-9_*](?:[a-z0-9_-]{0,62})\.)*[a-z0-9_](?:[a-z0-9_-]{0,62})\.?$/;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

const answer = (isInside: boolean): Match => (isInside ? 'inside' : 'outside');

/** A host name in lower case without a final dot, undefined where it is none. */
function hostOf(text: string): string | undefined {
  const lower = text.toLowerCase();
  return HOST.test(lower) ? lower.replace(/\.$/, '') : undefined;
}

/** The host is in the domain that the base names: `.example.jp` its hosts only; `example.jp` as `bareMeans` says. */
function matchHost(text: string, base: string, bareMeans: 'host' | 'host-and-below'): Match {
  const host = hostOf(text);
  const isDomainOnly = base.startsWith('.');
  const domain = hostOf(isDomainOnly ? base.slice(1) : base);
  if (host === undefined || domain === undefined) return 'malformed';
  if (host === domain) return answer(!isDomainOnly);
  return answer((isDomainOnly || bareMeans === 'host-and-below') && host.endsWith(`.${domain}`));
}

/** `*.example.jp` stands for names inside a subtree below it too, so that an exclusion must not miss it. */
function matchDnsName(name: string, base: string): Match {
  if (base === '') return 'inside';
  const match = matchHost(name, base, 'host-and-below');
  if (match !== 'outside' || !name.startsWith('*.')) return match;
  const covered = name.slice(1).toLowerCase();
  return `.${base.replace(/^\./, '').toLowerCase()}`.endsWith(covered) ? 'malformed' : 'outside';
}

/** A mailbox against a mailbox, a host, or a domain with a dot before it. */
function matchMailbox(mailbox: string, base: string): Match {
  const at = mailbox.lastIndexOf('@');
  if (at <= 0) return 'malformed';
  const host = mailbox.slice(at + 1);
  const baseAt = base.lastIndexOf('@');
  if (baseAt < 0) return matchHost(host, base, 'host');
  const match = matchHost(host, base.slice(baseAt + 1), 'host');
  return match === 'inside' ? answer(mailbox.slice(0, at) === base.slice(0, baseAt)) : match;
}

/** The host of a URI; one without an authority, or with an address for a host, cannot be compared. */
function matchUri(uri: string, base: string): Match {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/(?:[^@/?#]*@)?([^:/?#]*)(?::\d*)?(?:[/?#]|$)/i.exec(uri)?.[1];
  if (authority === undefined || IPV4.test(authority)) return 'malformed';
  return matchHost(authority, base, 'host');
}

/** An address against an address and a mask of the same length. */
function matchAddress(address: Uint8Array, base: Uint8Array): Match {
  const isAddress = address.length === 4 || address.length === 16;
  if (!isAddress || (base.length !== 8 && base.length !== 32)) return 'malformed';
  if (base.length !== 2 * address.length) return 'outside';
  return answer(
    address.every((octet, index) => {
      const mask = base[address.length + index] ?? 0;
      return (octet & mask) === ((base[index] ?? 0) & mask);
    }),
  );
}

/** Of a name and a base of the same form; undefined for a form that is not compared here. */
export function matchSubtree(name: GeneralName, base: GeneralName): Match | undefined {
  if (name.kind === 'directoryName' && base.kind === 'directoryName')
    return answer(isBelow(name.name, base.name));
  if (name.kind === 'dnsName' && base.kind === 'dnsName') return matchDnsName(name.value, base.value);
  if (name.kind === 'rfc822Name' && base.kind === 'rfc822Name') return matchMailbox(name.value, base.value);
  if (name.kind === 'uri' && base.kind === 'uri') return matchUri(name.value, base.value);
  if (name.kind === 'ipAddress' && base.kind === 'ipAddress') return matchAddress(name.value, base.value);
  return undefined;
}
