/**
 * The files of a print batch, streamed: persons are read and papers set a part at a time, and the address file grows with
 * them. A person whose paper cannot be made is left in the queue with the reason; the others are printed.
 */
import { createHash } from 'node:crypto';
import { ok, type Result } from '@ishizue/outcome';
import {
  missingClusters,
  type PdfCode,
  putDocument,
  type RenderedDocument,
  renderDocument,
} from '@ishizue/pdf';
import type { Access, IdentifiedPerson, Opened } from '@ishizue/registry';
import { type AddressedPage, addressHeader, addressLines } from './address-file.ts';
import type { NoticePrinting } from './notice-context.ts';
import { noticePaper } from './notice-paper.ts';
import type { Claim, ClaimedNotice, WrittenFile } from './print-batch-store.ts';

/** What a batch came to for one notice. */
export type Outcome =
  | { readonly kind: 'print' | 'withdraw'; readonly municipality: string }
  | { readonly kind: 'left'; readonly trouble: NoticeTrouble };

export type NoticeTrouble =
  | 'person-unknown'
  | 'number-not-recorded'
  | 'number-differs'
  | 'character-not-printable'
  | PdfCode;

interface Written {
  readonly outcomes: ReadonlyMap<number, Outcome>;
  readonly files: readonly WrittenFile[];
}

/** Pages in one file. */
const PART_PAGES = 100;

/** Writes all files of a batch. */
export async function writeNoticeFiles(
  context: NoticePrinting,
  access: Access,
  claim: Claim,
): Promise<Written> {
  const outcomes = new Map<number, Outcome>();
  const files: WrittenFile[] = [];
  const hash = createHash('sha256');
  let bytes = 0;
  const said = (text: string): Buffer => {
    const chunk = Buffer.from(text);
    hash.update(chunk);
    bytes += chunk.length;
    return chunk;
  };
  async function* addresses(): AsyncGenerator<Uint8Array> {
    yield said(addressHeader());
    for (let start = 0, part = 1; start < claim.notices.length; start += PART_PAGES, part++) {
      const name = `${claim.batchId}-${String(part).padStart(4, '0')}.pdf`;
      const notices = claim.notices.slice(start, start + PART_PAGES);
      const made = await writePart(context, access, claim, name, notices, outcomes);
      if (!made) continue;
      files.push(made.file);
      yield said(addressLines(name, made.pages));
    }
  }
  const name = `${claim.batchId}-addresses.csv`;
  await context.files.write(name, addresses());
  const notices = files.reduce((sum, file) => sum + file.notices, 0);
  files.push({ name, notices, bytes, sha256: hash.digest('hex') });
  return { outcomes, files };
}

interface WrittenPart {
  readonly file: WrittenFile;
  readonly pages: readonly AddressedPage[];
}

async function writePart(
  context: NoticePrinting,
  access: Access,
  claim: Claim,
  name: string,
  notices: readonly ClaimedNotice[],
  outcomes: Map<number, Outcome>,
): Promise<WrittenPart | undefined> {
  const looks = notices.map(({ residentCode }) => ({ access, residentCode }));
  const found = [...(await context.findPersons(looks))];
  const opened = context.numbers.openIn(found.map(([, person]) => person));
  const persons = new Map(found.map(([code], index) => [code, opened[index]]));
  const wanted: AddressedPage[] = [];
  for (const notice of notices) {
    const person = persons.get(notice.residentCode);
    const outcome = outcomeOf(context, notice, person);
    outcomes.set(notice.noticeId, outcome);
    const number = person?.individualNumber;
    if (person && number && outcome.kind === 'print')
      wanted.push({ ...person, noticeId: notice.noticeId, individualNumber: number });
  }
  const { pages, rendered } = await renderPart(context, claim, name, wanted, outcomes);
  await putDocument(context.files, name, rendered?.bytes);
  if (!rendered) return undefined;
  const { bytes, sha256 } = rendered;
  return { file: { name, notices: pages.length, bytes: bytes.length, sha256 }, pages };
}

/** Who is sent a notice: a resident of today in whose record this very number stands. */
function outcomeOf(
  { typeface, vault }: NoticePrinting,
  notice: ClaimedNotice,
  person: Opened<IdentifiedPerson> | undefined,
): Outcome {
  const left = (trouble: NoticeTrouble): Outcome => ({ kind: 'left', trouble });
  if (!person) return left('person-unknown');
  if (person.status !== 'resident') return { kind: 'withdraw', municipality: person.municipality };
  if (person.individualNumber === null) return left('number-not-recorded');
  if (!vault.indexOf(person.individualNumber).equals(notice.numberIndex)) return left('number-differs');
  if (missingClusters(typeface, person.name + person.address).length > 0)
    return left('character-not-printable');
  return { kind: 'print', municipality: person.municipality };
}

interface RenderedPart {
  readonly pages: readonly AddressedPage[];
  /** Undefined where no page is left to print. */
  readonly rendered: RenderedDocument | undefined;
}

/** A part as one file; where one page cannot be set, it is found and left in the queue, and the others are set again. */
async function renderPart(
  context: NoticePrinting,
  claim: Claim,
  name: string,
  wanted: readonly AddressedPage[],
  outcomes: Map<number, Outcome>,
): Promise<RenderedPart> {
  const render = (pages: readonly AddressedPage[]): Promise<Result<RenderedDocument, PdfCode>> =>
    renderDocument(context.typeface, noticePaper(name.replace('.pdf', ''), pages, claim.openedAt));
  const printable: AddressedPage[] = [];
  if (wanted.length === 0) return { pages: printable, rendered: undefined };
  const whole = await render(wanted);
  if (whole.ok) return { pages: wanted, rendered: whole.value };
  for (const page of wanted) {
    const alone = await render([page]);
    if (alone.ok) printable.push(page);
    else outcomes.set(page.noticeId, { kind: 'left', trouble: alone.failure.code });
  }
  const again = printable.length === 0 ? ok(undefined) : await render(printable);
  if (!again.ok) throw new Error(`pages that can be set alone cannot be set together: ${again.failure.code}`);
  return { pages: printable, rendered: again.value };
}
