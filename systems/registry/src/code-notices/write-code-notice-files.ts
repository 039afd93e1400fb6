/**
 * The files of a batch of code notices, a part at a time: who is read has a ledger entry in the same transaction; a part is
 * a file of papers for the post, with their lines in the address file, and one for the counter, without a line anywhere. Who is
 * under a support measure gets the notice at the counter: a letter might reach whom they fear, and so might an address file.
 */
import { createHash } from 'node:crypto';
import { dateInTokyo } from '@ishizue/clock';
import { writeRecord } from '@ishizue/csv';
import { inTransaction } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { ok, type Result } from '@ishizue/outcome';
import {
  inOnePiece,
  missingClusters,
  type PdfCode,
  putDocument,
  type RenderedDocument,
  renderDocument,
} from '@ishizue/pdf';
import type { Access } from '../access.ts';
import { formatAddress } from '../identity/address.ts';
import type { Resident } from '../municipal/resident.ts';
import { residentColumns } from '../municipal/resident-store.ts';
import { municipalSite } from '../registry-context.ts';
import { flagsInForce } from '../support/find-supported.ts';
import type { CodeNoticeDesk } from './code-notice-desk.ts';
import { type CodeNoticePage, codeNoticePaper } from './code-notice-paper.ts';
import type { CodeNoticeClaim, CodeNoticeFile, CodeNoticeOutcome, NoticeKey } from './code-notice-store.ts';

/** A batch that is being written. */
export interface CodeNoticeWriting {
  readonly municipality: string;
  readonly batchId: string;
  readonly access: Access;
  readonly claim: CodeNoticeClaim;
}

export interface WrittenCodeNotices {
  /** Of those that were in the queue. */
  readonly outcomes: readonly CodeNoticeOutcome[];
  readonly files: readonly CodeNoticeFile[];
}

/** Pages in one file. */
const PART_PAGES = 100;

/** A cell that a spreadsheet would take for a formula is kept a text. */
const lineOf = (cells: readonly string[]): string =>
  writeRecord(cells.map((cell) => (/^[=+\-@\t]/.test(cell) ? `'${cell}` : cell)));

/** Writes all files of a batch; parts keep their names however often it is written. */
export async function writeCodeNoticeFiles(
  desk: CodeNoticeDesk,
  writing: CodeNoticeWriting,
): Promise<WrittenCodeNotices> {
  const { municipality, batchId, claim } = writing;
  const outcomes: CodeNoticeOutcome[] = [];
  const files: CodeNoticeFile[] = [];
  const lines = [lineOf(['notice', 'file', 'page', 'name', 'postal_code', 'address'])];
  for (let start = 0, part = 1; start < claim.notices.length; start += PART_PAGES, part++) {
    const some = claim.notices.slice(start, start + PART_PAGES).filter(({ state }) => state === 'queued');
    const prefix = `${municipality}-${batchId}-${String(part).padStart(4, '0')}`;
    const wanted = await readPages(desk, writing, some);
    outcomes.push(...wanted.outcomes);
    for (const isAtCounter of [false, true]) {
      const name = `${prefix}${isAtCounter ? '-counter' : ''}.pdf`;
      const pages = wanted.pages.filter(({ page }) => (page.place === null) === isAtCounter);
      const made = await writePart(desk, writing, name, pages);
      outcomes.push(...made.outcomes);
      if (made.file) files.push(made.file);
      lines.push(
        ...made.printed.map((page, index) => addressLine(name, index, page)).filter((line) => line !== ''),
      );
    }
  }
  const addresses = Buffer.from(lines.join(''));
  const name = `${municipality}-${batchId}-addresses.csv`;
  await desk.files.write(name, inOnePiece(addresses));
  return { outcomes, files: [...files, fileOf(name, lines.length - 1, addresses)] };
}

function addressLine(file: string, index: number, { noticeId, name, place }: CodeNoticePage): string {
  return place === null
    ? ''
    : lineOf([noticeId, file, String(index + 1), name, place.postalCode ?? '', place.address]);
}

interface WantedPage {
  readonly key: NoticeKey;
  readonly page: CodeNoticePage;
}

interface ReadPages {
  readonly pages: readonly WantedPage[];
  /** Of those for whom no page is set. */
  readonly outcomes: readonly CodeNoticeOutcome[];
}

/** Reads the persons of a part, each with an entry; a record that is not current any more gets no letter. */
async function readPages(
  { registry, typeface }: CodeNoticeDesk,
  { municipality, access }: CodeNoticeWriting,
  keys: readonly NoticeKey[],
): Promise<ReadPages> {
  if (keys.length === 0) return { pages: [], outcomes: [] };
  const site = municipalSite(municipality);
  const { rows, supported } = await inTransaction(registry.sql, { site }, async (tx) => {
    const found = await tx<Resident[]>`
      SELECT ${residentColumns(tx)} FROM registry.municipal_resident
      WHERE municipality_code = ${municipality} AND resident_number = ANY(${keys.map((key) => key.residentNumber)})`;
    const now = registry.clock.now();
    const codes = found.map(({ residentCode }) => residentCode);
    const flags = await flagsInForce(tx, municipality, codes, dateInTokyo(now));
    await recordEntries(
      tx,
      codes.map((code) => ({
        site,
        at: now,
        ...access,
        subject: registry.pseudonyms.of(site, code),
        fields: ['name', 'address', 'resident-code', 'support-measure'],
        result: 'ok',
      })),
    );
    return { rows: found, supported: new Set(flags.map(({ residentCode }) => residentCode)) };
  });
  const byNumber = new Map(rows.map((row) => [row.residentNumber, row]));
  const pages: WantedPage[] = [];
  const outcomes: CodeNoticeOutcome[] = [];
  for (const { residentNumber, sequence } of keys) {
    const key = { residentNumber, sequence };
    const resident = byNumber.get(residentNumber);
    if (resident?.status !== 'resident') {
      outcomes.push({ ...key, state: 'withdrawn', isAtCounter: false, trouble: null });
      continue;
    }
    const { name, residentCode, postalCode } = resident;
    const address = formatAddress(registry.municipalities, municipality, resident);
    const place = supported.has(residentCode) ? null : { postalCode, address };
    const page = { noticeId: `${residentNumber}-${sequence}`, name, residentCode, place };
    if (missingClusters(typeface, name + (place?.address ?? '')).length > 0)
      outcomes.push({ ...key, state: 'queued', isAtCounter: false, trouble: 'character-not-printable' });
    else pages.push({ key, page });
  }
  return { pages, outcomes };
}

interface WrittenPart {
  readonly file: CodeNoticeFile | undefined;
  readonly printed: readonly CodeNoticePage[];
  readonly outcomes: readonly CodeNoticeOutcome[];
}

/** One file; a page that cannot be set is found and left in the queue, and the others are set again. */
async function writePart(
  desk: CodeNoticeDesk,
  { municipality, claim }: CodeNoticeWriting,
  name: string,
  wanted: readonly WantedPage[],
): Promise<WrittenPart> {
  const mayor = `${desk.registry.municipalities.findMunicipality(municipality)?.name ?? ''}長`;
  const issuer = { mayor, openedAt: claim.openedAt };
  const render = (pages: readonly WantedPage[]): Promise<Result<RenderedDocument, PdfCode>> => {
    const paper = codeNoticePaper(
      name.replace('.pdf', ''),
      pages.map(({ page }) => page),
      issuer,
    );
    return renderDocument(desk.typeface, paper);
  };
  const outcomes: CodeNoticeOutcome[] = [];
  let pages = wanted;
  let rendered = wanted.length === 0 ? ok(undefined) : await render(wanted);
  if (!rendered.ok) {
    const sound: WantedPage[] = [];
    for (const one of wanted) {
      const alone = await render([one]);
      if (alone.ok) sound.push(one);
      else outcomes.push({ ...one.key, state: 'queued', isAtCounter: false, trouble: alone.failure.code });
    }
    pages = sound;
    rendered = sound.length === 0 ? ok(undefined) : await render(sound);
  }
  if (!rendered.ok)
    throw new Error(`pages that can be set alone cannot be set together: ${rendered.failure.code}`);
  const printed = pages.map(({ page }) => page);
  outcomes.push(
    ...pages.map(({ key, page }) => ({
      ...key,
      state: 'printed' as const,
      isAtCounter: page.place === null,
      trouble: null,
    })),
  );
  await putDocument(desk.files, name, rendered.value?.bytes);
  if (!rendered.value) return { file: undefined, printed, outcomes };
  return { file: fileOf(name, pages.length, rendered.value.bytes), printed, outcomes };
}

const fileOf = (name: string, notices: number, bytes: Uint8Array): CodeNoticeFile => ({
  name,
  notices,
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});
