/**
 * At the municipality of residence: its registry tells of a changed record, over a link of the site to itself, and the
 * municipality of domicile is told (住民基本台帳法 art. 19). A domicile that does not name exactly one municipality is
 * parked here, where the record can be put right. Flow: docs/flows/overseas.md steps 2 and 3.
 */
import type { Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { AddressedMessage, Handler, HandlerContext, ReceivedMessage } from '@ishizue/link';
import { type Failure, fail, ok, type Result } from '@ishizue/outcome';
import { municipalSite, type ResidentRecordChanged, residentRecordChangedBody } from '@ishizue/registry';
import { resolveDomicile } from '../domicile/resolve-domicile.ts';
import type { OverseasContext } from '../overseas-context.ts';
import { ownLink, relayLink } from '../overseas-links.ts';
import {
  codesOf,
  ENTRY_NOTICE,
  ENTRY_NOTICE_TO_RELAY,
  type EntryNotice,
  entryNoticeOf,
  noticeMessage,
} from './entry-notice.ts';

/** A changed record, and whom it is to be told; without a notice nobody. */
interface Judged {
  readonly seq: number;
  readonly record: ResidentRecordChanged;
  readonly told: { readonly notice: EntryNotice; readonly domicile: string } | undefined;
}

/** The handler of the registry's `resident-record-changed`. */
export function notifyDomicile(context: OverseasContext): Handler {
  return async (tx, link, messages) => {
    const results = messages.map((message) => judge(context, link, message));
    const judged = results.flatMap((result) => (result.ok ? [result.value] : []));
    await keepPaperNotices(tx, context, judged);
    await writeLedger(tx, context, link, judged);
    link.send(
      judged.flatMap(({ record, told }) =>
        told && context.participates(told.domicile) ? [messageTo(record.municipality, told)] : [],
      ),
    );
    return results.map((result): Failure | undefined => (result.ok ? undefined : result.failure));
  };
}

/** Who has the family register where they live is no business of the national site. */
const messageTo = (residence: string, { domicile, notice }: NonNullable<Judged['told']>): AddressedMessage =>
  residence === domicile
    ? noticeMessage(ownLink(residence), ENTRY_NOTICE, notice)
    : noticeMessage(relayLink(residence), ENTRY_NOTICE_TO_RELAY, notice);

function judge(context: OverseasContext, link: HandlerContext, message: ReceivedMessage): Result<Judged> {
  const parsed = residentRecordChangedBody.safeParse(message.body);
  if (!parsed.success) return fail('record-body-invalid', 'the message is not in the agreed form');
  const record = parsed.data;
  const site = municipalSite(record.municipality);
  if (link.from !== site || link.to !== site)
    return fail('sender-not-own-site', 'a changed record is told inside its own site only');
  const notice = entryNoticeOf(record);
  if (!notice.ok) return notice;
  const { seq } = message;
  if (!notice.value) return ok({ seq, record, told: undefined });
  const domicile = resolveDomicile(context.municipalities, notice.value.domicile);
  if (!domicile.ok) return domicile;
  return ok({ seq, record, told: { notice: notice.value, domicile: domicile.value } });
}

/** Keeps what no link can carry until it is sent by paper (住民基本台帳法施行規則: where the line cannot be used). */
async function keepPaperNotices(tx: Tx, context: OverseasContext, judged: readonly Judged[]): Promise<void> {
  const rows = judged.flatMap(({ record, told }) =>
    told && !context.participates(told.domicile)
      ? [{ municipality: record.municipality, residentCode: record.residentCode, ...told }]
      : [],
  );
  if (rows.length === 0) return;
  await tx`
    INSERT INTO overseas.municipal_paper_notice (municipality_code, domicile_code, resident_code, notice, recorded_at)
    SELECT municipality, domicile, "residentCode", notice, ${new Date(context.clock.now())}::timestamptz
    FROM jsonb_to_recordset(${tx.json(rows)})
      AS r(municipality text, domicile text, "residentCode" text, notice jsonb)`;
}

/** Whose entries the ledger gets: of a changed code that is told there is one under either. */
const codesIn = (record: ResidentRecordChanged, notice: EntryNotice | undefined): readonly string[] =>
  notice ? codesOf(notice) : [record.residentCode];

async function writeLedger(
  tx: Tx,
  context: OverseasContext,
  link: HandlerContext,
  judged: readonly Judged[],
): Promise<void> {
  const at = context.clock.now();
  const site = link.to;
  await recordEntries(
    tx,
    judged.flatMap(({ seq, record, told }) =>
      codesIn(record, told?.notice).map((code) => ({
        site,
        at,
        actorKind: 'system' as const,
        actor: 'overseas',
        terminal: 'link',
        article: '住民基本台帳法 第19条',
        affair: 'entry-notice',
        subject: context.pseudonyms.of(site, code),
        fields: told ? ['name', 'birth-date', 'sex', 'address', 'resident-code', 'domicile'] : [],
        result: told ? (context.participates(told.domicile) ? 'notified' : 'by-paper') : 'not-due',
        correlation: `${link.link}/${seq}`,
      })),
    ),
  );
}
