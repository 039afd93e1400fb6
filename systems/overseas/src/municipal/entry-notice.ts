/**
 * What the municipality of residence tells the municipality of domicile after a resident's record has changed
 * (住民基本台帳法 art. 19), and the pure decision whether it has anything to tell: it looks at how the record stands, so a
 * reason that comes later, or an event that undoes another, needs no word here.
 */
import type { AddressedMessage } from '@ishizue/link';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { ResidentRecordChanged } from '@ishizue/registry';
import { z } from 'zod';
import { holdsIndividualNumber, safeText } from '../identity/without-individual-number.ts';

/** The topic under which a municipality of domicile is told. */
export const ENTRY_NOTICE = 'entry-notice';

/** The topic under which a municipality of residence hands the same notice to the national site, to be passed on. */
export const ENTRY_NOTICE_TO_RELAY = 'entry-notice-to-relay';

const residentCode = z.string().regex(/^\d{11}$/);

const common = {
  residentCode,
  /** Municipality of residence: the sender. */
  residence: z.string().regex(/^\d{6}$/),
  /** Of the person's events there, from 1. */
  sequence: z.int().min(1),
  eventDate: z.iso.date(),
  /** Since when it is so: the day of becoming a resident there, of departure, or of death. */
  since: z.iso.date(),
  name: safeText(200),
  birthDate: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  sex: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  /** As the record of residence has it: it must be a place in the receiver. */
  domicile: safeText(400),
  familyRegisterHead: safeText(200).nullable(),
};

const atAddress = { address: safeText(400), addressFixedOn: z.iso.date() };

export const entryNoticeBody = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('residence'),
    ...common,
    ...atAddress,
    /** A newborn's: an entry is opened where none is. */
    opens: z.boolean(),
  }),
  /** Of a resident who has another code: the entry goes on under it. */
  z
    .strictObject({ kind: z.literal('code-changed'), ...common, ...atAddress, formerCode: residentCode })
    .refine((notice) => notice.formerCode !== notice.residentCode),
  z.strictObject({ kind: z.literal('overseas'), ...common }),
  z.strictObject({ kind: z.literal('deceased'), ...common }),
]);

export type EntryNotice = z.infer<typeof entryNoticeBody>;

/** The codes of the person that a notice names: the one of now, and where it has changed the one before. */
export const codesOf = (notice: EntryNotice): readonly string[] =>
  notice.kind === 'code-changed' ? [notice.residentCode, notice.formerCode] : [notice.residentCode];

/** A notice on one of its legs; that of a changed code is behind all that went there under the old one. */
export const noticeMessage = (link: string, topic: string, notice: EntryNotice): AddressedMessage => ({
  link,
  subject: notice.residentCode,
  ...(notice.kind === 'code-changed' && { follows: notice.formerCode }),
  topic,
  body: notice,
});

export type NoticeFailure = 'domicile-missing' | 'individual-number-in-text';

/** The notice that a changed record causes, or undefined where there is nothing to tell. */
export function entryNoticeOf(record: ResidentRecordChanged): Result<EntryNotice | undefined, NoticeFailure> {
  // who has no Japanese family register has no entry; who moves inside Japan is told of by the next municipality
  if (record.nationality !== 'JPN') return ok(undefined);
  if (record.status === 'removed' || (record.status === 'moved-out' && !record.movedAbroad))
    return ok(undefined);
  const { domicile, familyRegisterHead } = record;
  if (domicile === null) return fail('domicile-missing', 'the record of a Japanese has no domicile');
  const texts = [record.name, record.address, domicile, familyRegisterHead ?? ''];
  if (texts.some(holdsIndividualNumber))
    return fail('individual-number-in-text', 'a text holds what may be an individual number');
  const told = {
    residentCode: record.residentCode,
    residence: record.municipality,
    sequence: record.sequence,
    eventDate: record.eventDate,
    name: record.name,
    birthDate: record.birthDate,
    sex: record.sex,
    domicile,
    familyRegisterHead,
  };
  if (record.status === 'moved-out') return ok({ kind: 'overseas', ...told, since: record.eventDate });
  if (record.status === 'deceased') return ok({ kind: 'deceased', ...told, since: record.eventDate });
  const residence = {
    ...told,
    since: record.becameResidentOn,
    address: record.address,
    addressFixedOn: record.addressFixedOn,
  };
  const { formerCode } = record;
  return ok(
    formerCode === undefined
      ? { kind: 'residence', ...residence, opens: record.reason === 'birth' }
      : { kind: 'code-changed', ...residence, formerCode },
  );
}
