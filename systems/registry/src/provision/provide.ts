/**
 * Immediate provision (即時提供): identity data of persons to agencies, each with its ledger entry in the same transaction,
 * refusals too (住民基本台帳法 30-9). Any number of queries of any agencies is answered with five statements at the most. Flow:
 * docs/flows/provision.md. Invariant: nobody is looked up for a query that no row allows.
 */
import { dateInTokyo } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { type LedgerEntry, recordEntries } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import { currentCodes } from '../codes/retired-codes.ts';
import { findRetired } from '../national/retire-numbers.ts';
import type { NumberCipher, SealedNumber } from '../numbers/number-cipher.ts';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { findAgencies, type RegisteredAgency } from './agencies.ts';
import { type HeldIdentity, itemsOf, type ProvidedIdentity } from './provided-items.ts';
import type { ProvisionRequest } from './provision-request.ts';
import {
  type AskedProvision,
  basisOf,
  type PersonKeyKind,
  type ProvisionRow,
  permitProvision,
} from './provision-rules.ts';

/** Why nothing may be given, whoever is asked for. */
export type PermitFailure = 'agency-unknown' | 'agency-suspended' | 'provision-not-permitted';

/** `number-retired`: the number was changed; whose it was is not said. */
export type ProvisionFailure = PermitFailure | 'number-retired' | 'person-unknown';

/** A query and the agency whose key signed it. */
export interface AgencyQuery {
  readonly agency: string;
  readonly request: ProvisionRequest;
}

export type Provision = Result<ProvidedIdentity, ProvisionFailure>;

/** Answers queries in their order, in the caller's transaction at the national site. */
export async function provideIn(
  tx: Tx,
  context: RegistryContext,
  queries: readonly AgencyQuery[],
): Promise<readonly Provision[]> {
  const now = context.clock.now();
  const agencies = await findAgencies(tx, [...new Set(queries.map(({ agency }) => agency))]);
  const permitted = queries.map(({ agency, request }) =>
    permitAgency(agencies.get(agency), now, { ...request, key: keyKindOf(request) }),
  );
  const asked = keysOf(context.numbers, queries);
  const held = await findHeld(
    tx,
    asked.filter((_, index) => permitted[index]?.ok),
  );
  const retired = await findRetired(tx, notFoundNumbers(asked, held));
  const given = givenOf(context, queries, (index) => {
    const key = asked[index];
    return key && permitted[index]?.ok ? held.get(key.value) : undefined;
  });
  const answers: Provision[] = [];
  const entries: LedgerEntry[] = [];
  for (const [index, query] of queries.entries()) {
    const row = permitted[index];
    const key = asked[index];
    if (!row || !key) throw new Error('a query without a decision');
    const person = held.get(key.value);
    const items = given.get(index);
    const answer = !row.ok
      ? row
      : items
        ? ok(items)
        : retired.has(key.value)
          ? fail('number-retired', 'this number was changed and is nobody’s any more')
          : fail('person-unknown', 'nobody is held under this key');
    answers.push(answer);
    entries.push(entryOf(context, now, query, answer, person?.residentCode));
  }
  await recordEntries(tx, entries);
  return answers;
}

/** The row under which a registered agency may be given what it asks. */
export function permitAgency(
  agency: RegisteredAgency | undefined,
  now: number,
  asked: AskedProvision,
): Result<ProvisionRow, PermitFailure> {
  if (!agency) return fail('agency-unknown', 'the site is no registered agency');
  if (agency.status !== 'active') return fail('agency-suspended', 'the agency is suspended');
  return permitProvision(dateInTokyo(now), new Set(agency.rows), asked);
}

/** What the table of persons is asked by: a number is sealed, and so never the text of a code. */
type PersonKey =
  | { readonly kind: 'resident-code'; readonly value: string }
  | { readonly kind: 'individual-number'; readonly value: SealedNumber };

const keyKindOf = ({ person }: ProvisionRequest): PersonKeyKind =>
  'residentCode' in person ? 'resident-code' : 'individual-number';

/** The key of each query; the numbers among them are sealed together. */
function keysOf(numbers: NumberCipher, queries: readonly AgencyQuery[]): readonly PersonKey[] {
  const sealed = numbers.sealIn(
    queries.map(({ request: { person } }) => ({
      individualNumber: 'residentCode' in person ? null : person.individualNumber,
    })),
  );
  return queries.map(({ request: { person } }, index): PersonKey => {
    if ('residentCode' in person) return { kind: 'resident-code', value: person.residentCode };
    const value = sealed[index]?.individualNumber;
    if (!value) throw new Error('a number was not sealed');
    return { kind: 'individual-number', value };
  });
}

/** The items of those who are given, by the place of the query. */
function givenOf(
  context: RegistryContext,
  queries: readonly AgencyQuery[],
  findGiven: (index: number) => HeldIdentity | undefined,
): ReadonlyMap<number, ProvidedIdentity> {
  const given = queries.flatMap(({ request: { items } }, index) => {
    const person = findGiven(index);
    return person ? [{ index, person, items }] : [];
  });
  const provided = itemsOf(context.numbers, given);
  return new Map(given.map(({ index }, nth) => [index, provided[nth] ?? {}]));
}

/** Persons by the key that they were asked for by, also by a code that is used up. */
async function findHeld(tx: Tx, keys: readonly PersonKey[]): Promise<ReadonlyMap<string, HeldIdentity>> {
  const codes = keys.flatMap((key) => (key.kind === 'resident-code' ? [key.value] : []));
  const numbers = keys.flatMap((key) => (key.kind === 'individual-number' ? [key.value] : []));
  const held = new Map<string, HeldIdentity>();
  if (codes.length > 0) {
    await collectByCode(tx, codes, held);
    const current = await currentCodes(
      tx,
      NATIONAL_SITE,
      codes.filter((code) => !held.has(code)),
    );
    if (current.size > 0) await collectByCode(tx, [...current.values()], held);
    for (const [asked, code] of current) {
      const person = held.get(code);
      if (person) held.set(asked, person);
    }
  }
  if (numbers.length > 0)
    for (const person of await tx<HeldIdentity[]>`
      SELECT ${heldColumns(tx)} FROM registry.national_person p WHERE individual_number = ANY(${numbers})
        -- a municipality may still tell of somebody under the number that they had
        AND NOT EXISTS (SELECT FROM registry.national_retired_number r
          WHERE r.individual_number = p.individual_number)`)
      held.set(person.individualNumber ?? '', person);
  return held;
}

/** Numbers asked for under which nobody is held. */
const notFoundNumbers = (
  keys: readonly PersonKey[],
  held: ReadonlyMap<string, HeldIdentity>,
): SealedNumber[] =>
  keys.flatMap((key) => (key.kind === 'individual-number' && !held.has(key.value) ? [key.value] : []));

async function collectByCode(
  tx: Tx,
  codes: readonly string[],
  held: Map<string, HeldIdentity>,
): Promise<void> {
  for (const person of await tx<HeldIdentity[]>`
    SELECT ${heldColumns(tx)} FROM registry.national_person WHERE resident_code = ANY(${[...codes]})`)
    held.set(person.residentCode, person);
}

/** The columns of a `HeldIdentity`. */
const heldColumns = (tx: Tx): ReturnType<Tx> => tx`
  resident_code AS "residentCode", municipality_code AS municipality, status, name, former_surname AS "formerSurname",
  alias, birth_date AS "birthDate", sex, address, individual_number AS "individualNumber", reason,
  event_date AS "eventDate"`;

function entryOf(
  context: RegistryContext,
  now: number,
  { agency, request }: AgencyQuery,
  answer: Provision,
  found: string | undefined,
): LedgerEntry {
  const { article, affair } = basisOf(dateInTokyo(now), request.row);
  // who was asked for by code is known by it even where nothing was given; of a number nobody found, nothing is kept
  const residentCode = found ?? ('residentCode' in request.person ? request.person.residentCode : undefined);
  return {
    site: NATIONAL_SITE,
    at: now,
    actorKind: 'site',
    actor: agency,
    terminal: '',
    article,
    affair,
    subject: residentCode === undefined ? null : context.pseudonyms.of(NATIONAL_SITE, residentCode),
    fields: request.items,
    result: answer.ok ? 'ok' : answer.failure.code,
    correlation: request.caseNumber,
  };
}
