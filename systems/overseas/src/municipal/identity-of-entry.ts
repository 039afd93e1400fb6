/** Identity data of an entry after a change, as the message that climbs the tiers (住民基本台帳法 art. 30-41). */
import type { AddressedMessage } from '@ishizue/link';
import {
  type EntryReason,
  type OverseasIdentity,
  overseasIdentityMessage,
} from '../identity/overseas-identity.ts';
import type { OverseasContext } from '../overseas-context.ts';
import { prefecturalLink } from '../overseas-links.ts';
import type { EntryIdentity } from './entry.ts';

export function identityMessage(
  context: OverseasContext,
  entry: EntryIdentity,
  reason: EntryReason,
  eventDate: string,
  formerCode?: string,
): AddressedMessage {
  const body: OverseasIdentity = {
    residentCode: entry.residentCode,
    municipality: entry.municipality,
    sequence: entry.sequence,
    reason,
    eventDate,
    state: entry.state,
    name: entry.name,
    address: entry.address,
    isOverseas: entry.isOverseas,
    birthDate: entry.birthDate,
    sex: entry.sex,
    ...(formerCode !== undefined && { formerCode }),
  };
  return overseasIdentityMessage(prefecturalLink(context.municipalities, entry.municipality), body);
}
