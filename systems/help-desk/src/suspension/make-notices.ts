/**
 * Makes the letters that are due, up to a hundred at a time: names and addresses of this moment, one file for the post and one
 * for the municipalities' counters (support measures). The file is there before the books say so; killed in between, the same
 * letters are made again under the same name. Made, nobody's code is kept.
 */
import { createHash } from 'node:crypto';
import { inTransaction, type Tx } from '@ishizue/db';
import { recordAlike } from '@ishizue/ledger';
import { mustSucceed } from '@ishizue/outcome';
import { missingClusters, type PrintFiles, putDocument, renderDocument, type Typeface } from '@ishizue/pdf';
import { type Access, type Addressee, findAddressees, NATIONAL_SITE } from '@ishizue/registry';
import type { HelpDeskContext } from '../help-desk-context.ts';
import { type SuspensionLetter, suspensionPaper } from './suspension-paper.ts';

const LETTERS_MAX = 100;

export interface NoticeDesk {
  readonly helpDesk: HelpDeskContext;
  readonly typeface: Typeface;
  readonly files: PrintFiles;
}

export interface MadeNotices {
  readonly made: number;
  readonly left: number;
  readonly files: readonly { readonly name: string; readonly letters: number; readonly sha256: string }[];
}

interface DueNotice {
  readonly noticeId: number;
  readonly residentCode: string;
  readonly suspendedAt: Date;
}

interface Sorted {
  readonly noticeId: number;
  readonly residentCode: string;
  readonly letter: SuspensionLetter | undefined;
  readonly trouble: string | undefined;
}

export async function makeSuspensionNotices(desk: NoticeDesk, access: Access): Promise<MadeNotices> {
  const { helpDesk } = desk;
  return inTransaction(helpDesk.sql, { site: NATIONAL_SITE }, async (tx) => {
    const due = await tx<DueNotice[]>`
      SELECT notice_id AS "noticeId", resident_code AS "residentCode", suspended_at AS "suspendedAt"
      FROM help_desk.suspension_notice WHERE state = 'due' ORDER BY notice_id LIMIT ${LETTERS_MAX} FOR UPDATE`;
    if (due.length === 0) return { made: 0, left: 0, files: [] };
    const codes = due.map(({ residentCode }) => residentCode);
    const addressees = await findAddressees(helpDesk.registry, access, codes);
    const sorted = due.map((notice) => sort(desk, notice, addressees.get(notice.residentCode)));
    const files = [...(await writeFile(desk, sorted, 'post')), ...(await writeFile(desk, sorted, 'counter'))];
    await store(tx, sorted, nameOf(sorted, 'post'), nameOf(sorted, 'counter'));
    const { correlation, ...common } = access;
    await recordAlike(
      tx,
      {
        site: NATIONAL_SITE,
        at: helpDesk.clock.now(),
        ...common,
        fields: ['suspension-notice', 'name', 'address'],
      },
      sorted.map(({ residentCode, trouble }) => ({
        subject: helpDesk.pseudonyms.of(NATIONAL_SITE, residentCode),
        result: trouble ?? 'made',
        correlation,
      })),
    );
    const left = sorted.filter(({ trouble }) => trouble !== undefined).length;
    return { made: sorted.length - left, left, files };
  });
}

function sort({ helpDesk, typeface }: NoticeDesk, due: DueNotice, addressee: Addressee | undefined): Sorted {
  const { noticeId, residentCode, suspendedAt } = due;
  if (!addressee) return { noticeId, residentCode, letter: undefined, trouble: 'person-unknown' };
  const { name, address, isSupported } = addressee;
  if (missingClusters(typeface, name + address).length > 0)
    return { noticeId, residentCode, letter: undefined, trouble: 'character-not-printable' };
  const municipality = helpDesk.registry.municipalities.fullName(addressee.municipality);
  const letter = {
    name,
    address: isSupported ? null : address,
    municipality,
    suspendedAt: suspendedAt.getTime(),
  };
  return { noticeId, residentCode, letter, trouble: undefined };
}

type Way = 'post' | 'counter';

const lettersOf = (sorted: readonly Sorted[], way: Way): readonly SuspensionLetter[] =>
  sorted.flatMap(({ letter }) =>
    letter && (letter.address === null) === (way === 'counter') ? [letter] : [],
  );

/** By the first of the letters: after a kill the batch begins with the same one, and its files take the place of those of before. */
const nameOf = (sorted: readonly Sorted[], way: Way): string =>
  `suspension-${sorted.at(0)?.noticeId ?? 0}${way === 'counter' ? '-counter' : ''}.pdf`;

async function writeFile(
  desk: NoticeDesk,
  sorted: readonly Sorted[],
  way: Way,
): Promise<MadeNotices['files']> {
  const letters = lettersOf(sorted, way);
  const name = nameOf(sorted, way);
  if (letters.length === 0) {
    await putDocument(desk.files, name, undefined);
    return [];
  }
  const latest = Math.max(...letters.map(({ suspendedAt }) => suspendedAt));
  const paper = suspensionPaper(name.replace('.pdf', ''), letters, latest);
  const { bytes } = mustSucceed(
    await renderDocument(desk.typeface, paper),
    'letters of printable characters',
  );
  await putDocument(desk.files, name, bytes);
  return [{ name, letters: letters.length, sha256: createHash('sha256').update(bytes).digest('hex') }];
}

async function store(tx: Tx, sorted: readonly Sorted[], post: string, counter: string): Promise<void> {
  const rows = sorted.map(({ noticeId, letter, trouble }) => ({
    noticeId,
    isAtCounter: letter?.address === null,
    trouble: trouble ?? null,
  }));
  await tx`
    UPDATE help_desk.suspension_notice n SET state = CASE WHEN g.trouble IS NULL THEN 'made' ELSE 'left' END,
      resident_code = NULL, is_at_counter = g."isAtCounter", trouble = g.trouble,
      file = CASE WHEN g.trouble IS NULL THEN CASE WHEN g."isAtCounter" THEN ${counter} ELSE ${post} END END
    FROM jsonb_to_recordset(${tx.json(rows)}) AS g("noticeId" int, "isAtCounter" boolean, trouble text)
    WHERE n.notice_id = g."noticeId"`;
}
