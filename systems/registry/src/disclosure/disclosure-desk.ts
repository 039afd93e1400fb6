/**
 * The desk of disclosures at one site: the cases, and the paper of a case that is decided. The paper is made of what is held
 * when it is made; its bytes are given out once and not kept, its digest is. Flow: docs/flows/disclosure.md step 6.
 */
import { randomUUID } from 'node:crypto';
import type { Position } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import { baseCharacter, renderDocument } from '@ishizue/pdf';
import { type ActingBy, CaseDesk } from '@ishizue/procedure';
import { z } from 'zod';
import { agencyNames } from '../provision/agencies.ts';
import { type Provided, provisionHistory } from '../provision/provision-history.ts';
import {
  accessOf,
  type DisclosureContext,
  HISTORY_ARTICLE,
  IDENTITY_ARTICLE,
  type Looking,
} from './disclosure-context.ts';
import { type DisclosurePaper, disclosurePaper } from './disclosure-paper.ts';
import { writtenOf } from './disclosure-questions.ts';
import { findRequesters } from './find-requesters.ts';
import { identityDisclosure } from './identity-disclosure.ts';
import { heldOf, readOwnData } from './read-own-data.ts';

/** Lines of a paper; a history is disclosed whole or not at all. */
const HISTORY_MAX = 5_000;
const PAGE = 500;
const AFFAIR = 'identity-disclosure-paper';

/** A paper to be handed over or posted today. */
export interface PrintedPaper {
  readonly bytes: Buffer;
  /** Hex. */
  readonly sha256: string;
  readonly pages: number;
}

/** What of a case goes into its paper; the engine has parsed it. */
const decidedCase = z.object({
  form: z.object({
    name: z.string(),
    birthDate: z.string(),
    sex: z.enum(['male', 'female']).optional(),
    address: z.string(),
    residentCode: z.string().optional(),
    asks: z.enum(['identity-data', 'provision-history', 'both']),
    asker: z.enum(['person', 'parent', 'guardian']),
    representative: z.object({ name: z.string() }).optional(),
  }),
  record: z.object({
    residentCode: z.string().optional(),
    fee: z.int(),
    paid: z.int().optional(),
  }),
});
type DecidedCase = z.infer<typeof decidedCase>;

export class DisclosureDesk {
  readonly cases: CaseDesk;
  readonly #context: DisclosureContext;

  private constructor(cases: CaseDesk, context: DisclosureContext) {
    this.cases = cases;
    this.#context = context;
  }

  static async open(context: DisclosureContext): Promise<DisclosureDesk> {
    const { sql, clock, pseudonyms } = context.registry;
    const place = { sql, site: context.tier.site, clock, pseudonyms };
    return new DisclosureDesk(
      await CaseDesk.open({ ...place, procedure: identityDisclosure, context }),
      context,
    );
  }

  /**
   * Makes the paper of a case that is decided and paid. A paper made again is another paper; the last one counts.
   * Fails with codes of the engine or of the definition, with a `PdfCode`, or with `history-too-long`.
   * @param by an officer; the caller has checked the role
   */
  async printPaper(by: ActingBy, caseId: number): Promise<Result<PrintedPaper>> {
    const found = await this.cases.read(by, caseId);
    if (!found.ok) return found;
    const { state, sequence } = found.value;
    if (state !== 'decided') return fail('move-not-in-state', `a case that is ${state} has no paper`);
    const decided = decidedCase.parse(found.value);
    const { fee, paid = 0 } = decided.record;
    if (paid < fee) return fail('fee-unpaid', 'the fee is not paid');
    const looking = {
      actor: `${by.actor.kind}:${by.actor.id}`,
      terminal: by.terminal,
      correlation: by.correlation,
    };
    const facts = await this.#collect(looking, caseId, decided);
    if (!facts.ok) return facts;
    const made = await renderDocument(this.#context.typeface, {
      ...disclosurePaper(facts.value),
      substituteFor: baseCharacter,
    });
    if (!made.ok) return made;
    const { bytes, sha256, pages } = made.value;
    const { data } = facts.value;
    const moved = await this.cases.move(
      { ...by, actor: { kind: 'system', id: 'disclosure-paper' } },
      {
        caseId,
        move: 'print',
        request: randomUUID(),
        // whatever happened to the case meanwhile, the paper is not of it
        expected: sequence,
        own: { paper: sha256, pages, ...(data && data !== 'none' && { held: heldOf(data) }) },
      },
    );
    return moved.ok ? ok({ bytes, sha256, pages }) : moved;
  }

  async #collect(
    looking: Looking,
    caseId: number,
    { form, record }: DecidedCase,
  ): Promise<Result<DisclosurePaper>> {
    const context = this.#context;
    const { residentCode } = record;
    if (residentCode === undefined) {
      const [again] = await findRequesters(context, accessOf(looking, AFFAIR, IDENTITY_ARTICLE), [
        writtenOf(form),
      ]);
      if (!again?.ok) return again ?? fail('search-not-ready', 'nobody was looked for');
      if (again.value)
        return fail('person-found-meanwhile', 'the person is held by now: another request is needed');
    }
    const asksData = form.asks !== 'provision-history';
    const data =
      asksData && residentCode !== undefined
        ? await readOwnData(context, accessOf(looking, AFFAIR, IDENTITY_ARTICLE), residentCode)
        : undefined;
    const provided = form.asks === 'identity-data' ? ok(null) : await this.#history(looking, residentCode);
    if (!provided.ok) return provided;
    return ok({
      paperId: randomUUID(),
      caseId,
      at: context.registry.clock.now(),
      issuer: context.issuer,
      addressee: form.representative?.name ?? form.name,
      name: form.name,
      data: asksData ? (data ?? 'none') : null,
      provided: provided.value,
    });
  }

  /** All provisions under all of the person's codes; each page is a look of its own. */
  async #history(
    looking: Looking,
    residentCode: string | undefined,
  ): Promise<Result<readonly Provided[], 'history-too-long'>> {
    if (residentCode === undefined) return ok([]);
    const { registry, ledger } = this.#context;
    const access = accessOf(looking, AFFAIR, HISTORY_ARTICLE);
    const provided: Provided[] = [];
    let before: Position | undefined;
    do {
      const page = await provisionHistory(registry, ledger, access, residentCode, { before, limit: PAGE });
      provided.push(...page.provided);
      if (provided.length > HISTORY_MAX)
        return fail('history-too-long', `more than ${HISTORY_MAX} provisions`);
      before = page.next;
    } while (before);
    const names = await agencyNames(registry, [...new Set(provided.map(({ agency }) => agency))]);
    return ok(provided.map((one) => ({ ...one, agency: names.get(one.agency) ?? one.agency })));
  }
}
