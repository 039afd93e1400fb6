/**
 * What a tier tells of an entry that it holds back: to the municipality that entered the person and to the one that has
 * them, since only the two can find out. It names code, places and day, nothing of either person. A prefectural site
 * tells the national one, which has links to all municipalities. Flow: docs/flows/events.md.
 */
import type { AddressedMessage, Handler } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import { z } from 'zod';
import { municipalSite, NATIONAL_SITE, prefecturalSite, type RegistryContext } from '../registry-context.ts';

export const RESIDENCE_CONFLICT = 'residence-conflict';

export const residenceConflictBody = z.strictObject({
  /** The site that holds the entry back. */
  at: z.string().regex(/^(national|prefectural\/\d{2})$/),
  residentCode: z.string().regex(/^\d{11}$/),
  entering: z.string().regex(/^\d{6}$/),
  holding: z.string().regex(/^\d{6}$/),
  /** Of the entry, among the person's events at the entering municipality. */
  sequence: z.int().min(1),
  code: z.string().regex(/^[a-z-]{1,40}$/),
  eventDate: z.iso.date(),
  /** `settled`: the entry was taken over, or left out by decision. */
  state: z.enum(['open', 'settled']),
});

/** An entry held back, and whether it still is. */
export type ResidenceConflict = z.infer<typeof residenceConflictBody>;

/** The messages of a site about conflicts of its own. */
export function conflictMessages(
  site: string,
  conflicts: readonly ResidenceConflict[],
): readonly AddressedMessage[] {
  return conflicts.flatMap((body) => {
    const message = { subject: body.residentCode, topic: RESIDENCE_CONFLICT, body };
    if (site !== NATIONAL_SITE) return [{ ...message, link: `${site}>${NATIONAL_SITE}:registry` }];
    const told = [...new Set([body.entering, body.holding])];
    return told.map((code) => ({ ...message, link: `${NATIONAL_SITE}>${municipalSite(code)}:registry` }));
  });
}

const INVALID: Failure = { code: 'conflict-invalid', detail: 'the notice is not in the agreed form' };

/** The handler of `residence-conflict` at the national site: passes on what a prefecture says of its municipalities. */
export function passOnConflicts(context: RegistryContext): Handler {
  return (_tx, link, messages) => {
    const failures = messages.map((message) => {
      const parsed = residenceConflictBody.safeParse(message.body);
      if (!parsed.success) return INVALID;
      const { at, entering, holding } = parsed.data;
      const places = [entering, holding].map((code) => context.municipalities.findMunicipality(code));
      if (at !== link.from || places.some((place) => !place || prefecturalSite(place.prefecture) !== at))
        return INVALID;
      link.send(conflictMessages(NATIONAL_SITE, [parsed.data]));
      return undefined;
    });
    return Promise.resolve(failures);
  };
}
