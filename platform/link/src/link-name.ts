/**
 * The name of a link, `municipal/131016>prefectural/13:registry`: one way, from a site to a system at a site.
 * Names are what the wire carries; a database's own link numbers never leave it.
 */
import { fail, ok, type Result } from '@ishizue/outcome';

/** The three parts of a link's name. */
export interface LinkName {
  readonly from: string;
  readonly to: string;
  readonly system: string;
}

const SITE = /^[a-z][a-z0-9-]*(?:\/[a-z0-9-]+)*$/;
const SITE_LENGTH_MAX = 64;
const SYSTEM = /^[a-z][a-z_]{0,40}$/; // a system's name is its schema's name

/** Whether the text is the name of a site, such as `municipal/131016` or `national`. */
export function isSiteName(text: string): boolean {
  return text.length <= SITE_LENGTH_MAX && SITE.test(text);
}

/** Whether the text is the name of a system, such as `registry`. */
export function isSystemName(text: string): boolean {
  return SYSTEM.test(text);
}

/** `{ from, to, system }` as text. */
export function formatLinkName(name: LinkName): string {
  return `${name.from}>${name.to}:${name.system}`;
}

/** The parts of a link's name. */
export function parseLinkName(text: string): Result<LinkName, 'link-name-malformed'> {
  const [, from = '', to = '', system = ''] = /^([^>:]+)>([^>:]+):([^>:]+)$/.exec(text) ?? [];
  if (!isSiteName(from) || !isSiteName(to) || !isSystemName(system))
    return fail('link-name-malformed', 'a link is named from>to:system');
  return ok({ from, to, system });
}
