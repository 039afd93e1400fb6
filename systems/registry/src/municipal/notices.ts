/** What a municipal site sends after a change: to its prefecture, of a new record to numbering, to its own systems. */
import type { AddressedMessage } from '@ishizue/link';
import { DatedRules } from '@ishizue/rules';
import { codeChangedBody, codeChangedMessage, codeSucceededMessage } from '../codes/code-changed.ts';
import type { Decision } from '../events/resident-event.ts';
import { formatAddress } from '../identity/address.ts';
import type { EventReason } from '../identity/event-reason.ts';
import { IDENTITY_CHANGED, type IdentityChanged } from '../identity/identity-changed.ts';
import { municipalSite, prefecturalSite, type RegistryContext } from '../registry-context.ts';
import { RESIDENT_RECORD_CHANGED, type ResidentRecordChanged, recordAfter } from './record-changed.ts';
import type { Resident } from './resident.ts';

/** Said of a new record without a number: the resident code and nothing else (番号法 art. 8). */
export const RESIDENT_RECORDED = 'resident-recorded';

/** The link from a municipality to its prefecture. */
export function prefectureLink(context: RegistryContext, municipality: string): string {
  const { prefecture } = context.municipalities.getMunicipality(municipality);
  return `${municipalSite(municipality)}>${prefecturalSite(prefecture)}:registry`;
}

/** Identity data after an event, as they climb the tiers. */
export function identityAfter(
  context: RegistryContext,
  resident: Resident,
  reason: EventReason,
  eventDate: string,
): IdentityChanged {
  return {
    residentCode: resident.residentCode,
    municipality: resident.municipality,
    sequence: resident.sequence,
    reason,
    eventDate,
    status: resident.status,
    name: resident.name,
    ...readingOf(resident, eventDate),
    formerSurname: resident.formerSurname,
    alias: resident.alias,
    birthDate: resident.birthDate,
    sex: resident.sex,
    address: formatAddress(context.municipalities, resident.municipality, resident),
    individualNumber: resident.individualNumber,
  };
}

/** From when on the reading of a name is identity data. */
const READING_IS_IDENTITY = new DatedRules('name readings in identity data', [
  { validFrom: '2025-05-26', source: '住民基本台帳法 第7条, 第30条の6 (令和5年法律第48号)', rule: true },
]);

function readingOf({ nameKana }: Resident, eventDate: string): Pick<IdentityChanged, 'nameKana'> {
  return nameKana !== '' && READING_IS_IDENTITY.find(eventDate) ? { nameKana } : {};
}

/**
 * Who is told of a changed code: the tiers all of it, numbering the two codes, and once more that it has no number yet, the
 * site's own systems the record.
 */
function codeChangeNotices(
  context: RegistryContext,
  identity: IdentityChanged,
  record: ResidentRecordChanged,
  formerCode: string,
): readonly AddressedMessage[] {
  const { municipality, residentCode, individualNumber } = identity;
  const recorded = { subject: residentCode, topic: RESIDENT_RECORDED, body: { residentCode } };
  return [
    codeChangedMessage(
      prefectureLink(context, municipality),
      codeChangedBody.parse({ ...identity, formerCode }),
    ),
    ...context
      .newRecordLinks(municipality)
      .flatMap((link) => [
        codeSucceededMessage(link, { residentCode, formerCode }),
        ...(individualNumber === null ? [{ link, ...recorded }] : []),
      ]),
    ...context.recordChangeLinks(municipality).map((link) => ({
      link,
      subject: residentCode,
      follows: formerCode,
      topic: RESIDENT_RECORD_CHANGED,
      body: { ...record, formerCode } satisfies ResidentRecordChanged,
    })),
  ];
}

/** All messages that an event causes, of the record as it is after it. */
export function noticesOf(
  context: RegistryContext,
  resident: Resident,
  { reason, eventDate, noticedOn, undoes, formerCode }: Omit<Decision, 'after'>,
): readonly AddressedMessage[] {
  const record = recordAfter(context.municipalities, resident, reason, eventDate);
  if (formerCode !== undefined)
    return codeChangeNotices(
      context,
      identityAfter(context, resident, reason, eventDate),
      record,
      formerCode,
    );
  const subject = resident.residentCode;
  const notices: AddressedMessage[] = [
    {
      link: prefectureLink(context, resident.municipality),
      subject,
      topic: IDENTITY_CHANGED,
      body: {
        ...identityAfter(context, resident, reason, eventDate),
        ...(noticedOn !== undefined && { noticedOn }),
        ...(undoes !== undefined && { undoes, residentSince: resident.becameResidentOn }),
      },
    },
  ];
  if (resident.individualNumber === null && resident.status === 'resident')
    for (const link of context.newRecordLinks(resident.municipality))
      notices.push({ link, subject, topic: RESIDENT_RECORDED, body: { residentCode: subject } });
  // a load tells what is there already: nothing has changed
  if (reason !== 'initial-load')
    for (const link of context.recordChangeLinks(resident.municipality))
      notices.push({
        link,
        subject,
        topic: RESIDENT_RECORD_CHANGED,
        body: record,
      });
  return notices;
}
