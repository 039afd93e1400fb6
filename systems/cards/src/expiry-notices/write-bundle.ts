/**
 * The files of one bundle of letters: papers in parts of a hundred pages, those of the municipality's counter apart, and the
 * address file, which grows with them. Persons are looked up now, not when they were entered: who moved, died or came under
 * a support measure since is treated as such. Files first, books after: killed in between, the same files are made again.
 */
import { createHash } from 'node:crypto';
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { recordAlike } from '@ishizue/ledger';
import { missingClusters, putDocument, renderDocument } from '@ishizue/pdf';
import { type Access, type Addressee, NATIONAL_SITE } from '@ishizue/registry';
import { lineOf, renderSound } from '../letters/letter-file.ts';
import { noticeNumberOf } from '../letters/notice-number.ts';
import type { ExpiryDesk } from './expiry-desk.ts';
import { type ExpiryPage, expiryPaper } from './expiry-paper.ts';
import {
  type BundleName,
  type ExpiryFile,
  type ExpiryNotice,
  type ExpiryRun,
  lockBundle,
  type NoticeOutcome,
  storeFiles,
  storeOutcomes,
} from './expiry-store.ts';

/** Pages in one file. */
const PART_PAGES = 100;

/** A letter that is to be set. */
interface Letter {
  readonly noticeId: number;
  readonly page: ExpiryPage;
}

interface Writing {
  readonly desk: ExpiryDesk;
  readonly access: Access;
  readonly run: ExpiryRun;
  readonly bundle: BundleName;
  readonly files: ExpiryFile[];
  readonly outcomes: NoticeOutcome[];
}

/** Writes a bundle's files and, in one transaction, what became of its letters, with an entry for each person. */
export async function writeBundle(
  desk: ExpiryDesk,
  access: Access,
  run: ExpiryRun,
  bundle: BundleName,
): Promise<void> {
  const { cards } = desk;
  const scope = { site: NATIONAL_SITE };
  const notices = (await inTransaction(cards.sql, scope, (tx) => lockBundle(tx, run.runId, bundle))).filter(
    ({ state }) => state === 'claimed',
  );
  const writing: Writing = { desk, access, run, bundle, files: [], outcomes: [] };
  await writeFiles(writing, notices);
  const { files, outcomes } = writing;
  const now = cards.clock.now();
  await inTransaction(cards.sql, scope, async (tx) => {
    const standing = await lockBundle(tx, run.runId, bundle);
    // another process wrote the same bundle meanwhile: the files are the same, the books are written once
    if (standing.every(({ state }) => state !== 'claimed')) return;
    await storeOutcomes(tx, outcomes, dateInTokyo(now));
    await storeFiles(tx, run.runId, files);
    const codes = new Map(notices.map(({ noticeId, residentCode }) => [noticeId, residentCode]));
    const { correlation, ...common } = access;
    await recordAlike(
      tx,
      { site: NATIONAL_SITE, at: now, ...common, fields: ['expiry-notice', 'name', 'address'] },
      outcomes.map(({ noticeId, trouble, isAtCounter }) => ({
        subject: cards.pseudonyms.of(NATIONAL_SITE, codes.get(noticeId) ?? ''),
        result: trouble ?? (isAtCounter ? 'made-for-counter' : 'made'),
        correlation,
      })),
    );
  });
}

async function writeFiles(writing: Writing, notices: readonly ExpiryNotice[]): Promise<void> {
  const { desk, run, bundle, files } = writing;
  const prefix = `${run.runId}-${bundle.municipality}-${String(bundle.bundle).padStart(3, '0')}`;
  const hash = createHash('sha256');
  let bytes = 0;
  let posted = 0;
  const said = (text: string): Buffer => {
    const chunk = Buffer.from(text);
    hash.update(chunk);
    bytes += chunk.length;
    return chunk;
  };
  async function* addresses(): AsyncGenerator<Uint8Array> {
    yield said(lineOf(['notice', 'file', 'page', 'municipality', 'name', 'address']));
    for (let start = 0, part = 1; start < notices.length; start += PART_PAGES, part++) {
      const name = `${prefix}-${String(part).padStart(3, '0')}`;
      const letters = await readLetters(writing, notices.slice(start, start + PART_PAGES));
      await writePart(
        writing,
        `${name}-counter.pdf`,
        letters.filter(({ page }) => page.address === null),
      );
      const printed = await writePart(
        writing,
        `${name}.pdf`,
        letters.filter(({ page }) => page.address !== null),
      );
      posted += printed.length;
      yield said(
        printed
          .map(({ page }, index) =>
            lineOf([
              page.number,
              `${name}.pdf`,
              index + 1,
              bundle.municipality,
              page.name,
              page.address ?? '',
            ]),
          )
          .join(''),
      );
    }
  }
  const name = `${prefix}-addresses.csv`;
  await desk.files.write(name, addresses());
  files.push({ name, notices: posted, bytes, sha256: hash.digest('hex') });
}

/** The letters of a part; for whom none is set, the outcome says why. */
async function readLetters(
  { desk, access, bundle, outcomes }: Writing,
  notices: readonly ExpiryNotice[],
): Promise<readonly Letter[]> {
  const codes = notices.map(({ residentCode }) => residentCode);
  const addressees = await desk.findAddressees(access, codes);
  const municipality = desk.cards.registry.municipalities.fullName(bundle.municipality);
  const letters: Letter[] = [];
  for (const notice of notices) {
    const { noticeId, authenticationEndsOn, signatureEndsOn, cardEndsOn } = notice;
    const addressee = addressees.get(notice.residentCode);
    const trouble = troubleOf(desk, bundle, addressee);
    if (trouble !== undefined || !addressee) {
      outcomes.push({ noticeId, isAtCounter: false, trouble: trouble ?? 'person-unknown' });
      continue;
    }
    const { name, address, isSupported } = addressee;
    const ends = { authenticationEndsOn, signatureEndsOn, cardEndsOn };
    const page = { number: noticeNumberOf(noticeId), name, ...ends, municipality };
    letters.push({ noticeId, page: { ...page, address: isSupported ? null : address } });
  }
  return letters;
}

function troubleOf(
  { typeface }: ExpiryDesk,
  { municipality }: BundleName,
  addressee: Addressee | undefined,
): string | undefined {
  if (!addressee) return 'person-unknown';
  if (addressee.status !== 'resident') return 'person-not-resident';
  // the bundle goes to one municipality: a later run writes to the other
  if (addressee.municipality !== municipality) return 'moved-meanwhile';
  return missingClusters(typeface, addressee.name + addressee.address).length > 0
    ? 'character-not-printable'
    : undefined;
}

/** One file. Answers the printed. */
async function writePart(
  { desk, run, files, outcomes }: Writing,
  name: string,
  wanted: readonly Letter[],
): Promise<readonly Letter[]> {
  const { document, printed, failed } = await renderSound(wanted, (letters) =>
    renderDocument(
      desk.typeface,
      expiryPaper(
        name.replace('.pdf', ''),
        letters.map(({ page }) => page),
        run.openedAt.getTime(),
      ),
    ),
  );
  outcomes.push(
    ...failed.map(({ letter, code }) => ({ noticeId: letter.noticeId, isAtCounter: false, trouble: code })),
  );
  await putDocument(desk.files, name, document?.bytes);
  if (!document) return [];
  const { bytes, sha256 } = document;
  files.push({ name, notices: printed.length, bytes: bytes.length, sha256 });
  outcomes.push(
    ...printed.map(({ noticeId, page }) => ({
      noticeId,
      isAtCounter: page.address === null,
      trouble: null,
    })),
  );
  return printed;
}
