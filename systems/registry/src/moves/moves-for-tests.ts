/** Persons who live in Kiyose and move away, for the tests of moves: short forms of the acts, and where a person lives. */
import type { Sql } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import { recordEvent } from '../municipal/record-event.ts';
import { KAMAKURA, KIYOSE, shownCard, type TestCountry, testAccess } from '../testing/index.ts';
import { address, details, moveInWith } from '../testing/samples.ts';
import { declareMoveOut, type MoveOutDeclaration } from './declare-move-out.ts';
import { NO_BENEFITS } from './move-out-information.ts';
import { type PaperMoveIn, recordMoveIn, type SpecialMoveIn } from './record-move-in.ts';

let requests = 0;
export const anotherRequest = (): string => `move-request-${++requests}`;

const NEW_HOME = {
  movedOn: '2026-11-18',
  address: { ...address, town: '御成町', lot: '18番10号', building: null },
};

/** Enters a household: the head first. Answers the resident codes. */
export async function householdAt(
  country: TestCountry,
  municipality: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const codes: string[] = [];
  let householdNumber: string | undefined;
  for (const name of names) {
    const joins = householdNumber === undefined ? {} : { joins: { householdNumber, relationship: '子' } };
    const event = moveInWith({ eventDate: '2026-01-10', details: { ...details, name }, ...joins });
    const entered = await recordEvent(country.context, municipality, testAccess, anotherRequest(), event);
    const { residentCode, residentNumber } = mustSucceed(entered, name);
    householdNumber ??= residentNumber;
    codes.push(residentCode);
  }
  await country.settle();
  return codes;
}

/** A declaration of persons who move from Kiyose to Kamakura on the 20th. */
export const declarationOf = (
  codes: readonly string[],
  changes: Partial<MoveOutDeclaration> = {},
): MoveOutDeclaration => ({
  channel: 'counter',
  movers: codes.map((residentCode) => ({ residentCode, benefits: NO_BENEFITS })),
  plannedOn: '2026-11-20',
  destinationMunicipality: KAMAKURA,
  destination: '神奈川県鎌倉市御成町18番10号',
  ...changes,
});

/** Declares a move with the card of the first mover; answers its id. */
export async function declareSpecially(
  country: TestCountry,
  codes: readonly string[],
  changes: Partial<MoveOutDeclaration> = {},
): Promise<string> {
  const card = await shownCard(country.moves, KIYOSE, 'move-out', codes[0] ?? '');
  const declared = await declareMoveOut(
    country.moves,
    KIYOSE,
    testAccess,
    anotherRequest(),
    declarationOf(codes, { ...changes, card }),
  );
  const { moveId } = mustSucceed(declared, 'the declaration');
  await country.settle();
  return moveId;
}

/** Moves in with the card of the first mover. */
export async function moveInSpecially(
  country: TestCountry,
  municipality: string,
  codes: readonly string[],
  changes: Partial<SpecialMoveIn> = {},
) {
  const card = await shownCard(country.moves, municipality, 'move-in', codes[0] ?? '');
  const movers = codes.map((residentCode, index) => ({
    residentCode,
    relationship: index === 0 ? '世帯主' : '子',
  }));
  const moveIn: SpecialMoveIn = { basis: 'special', card, movers, ...NEW_HOME, ...changes };
  return await recordMoveIn(country.moves, municipality, testAccess, anotherRequest(), moveIn);
}

/** Moves in with a certificate of Kiyose. */
export function moveInByPaper(
  country: TestCountry,
  municipality: string,
  movers: readonly { readonly residentCode: string; readonly name: string }[],
  changes: Partial<PaperMoveIn> = {},
) {
  return recordMoveIn(country.moves, municipality, testAccess, anotherRequest(), {
    basis: 'certificate',
    from: KIYOSE,
    plannedOn: '2026-11-20',
    previousAddress: '東京都清瀬市中里五丁目842番地　中里荘203',
    movers: movers.map(({ residentCode, name }, index) => ({
      residentCode,
      individualNumber: null,
      details: { ...details, name },
      relationship: index === 0 ? '世帯主' : '子',
    })),
    ...NEW_HOME,
    ...changes,
  });
}

/** A person's records in all municipalities, `municipality status endedOn movedTo`, sorted. */
export async function recordsOf(sql: Sql, residentCode: string): Promise<readonly string[]> {
  const rows = await sql<{ record: string }[]>`
    SELECT concat_ws(' ', municipality_code, status, ended_on, moved_to) AS record
    FROM registry.municipal_resident WHERE resident_code = ${residentCode} ORDER BY 1`;
  return rows.map(({ record }) => record);
}

/** A person's plans, `state given_to asked_by arrived_at arrived_on`, the oldest first. */
export async function plansOf(sql: Sql, residentCode: string): Promise<readonly string[]> {
  const rows = await sql<{ plan: string }[]>`
    SELECT concat_ws(' ', state, given_to, asked_by, arrived_at, arrived_on) AS plan
    FROM registry.municipal_planned_mover WHERE resident_code = ${residentCode} ORDER BY changed_at`;
  return rows.map(({ plan }) => plan);
}

/** What lies at new municipalities of a person, `municipality state`, sorted. */
export async function incomingOf(sql: Sql, residentCode: string): Promise<readonly string[]> {
  const rows = await sql<{ incoming: string }[]>`
    SELECT municipality_code || ' ' || state AS incoming
    FROM registry.municipal_incoming_move WHERE resident_code = ${residentCode} ORDER BY 1`;
  return rows.map(({ incoming }) => incoming);
}

/** A row in every table of moves, for the test that fences hold: as SQL, for whoever may write anywhere. */
export const movesRows = (municipality: string): string => `
  INSERT INTO registry.municipal_planned_move
    SELECT '${municipality}', 'm', 'paper', 'counter', now(), now(), '142042', 'x', '\\x00';
  INSERT INTO registry.municipal_planned_mover (municipality_code, move_id, resident_code, state, benefits, changed_at)
    SELECT '${municipality}', 'm', '24727059608', 'planned', '{}', now();
  INSERT INTO registry.municipal_incoming_move
    SELECT '${municipality}', '142042', 'm', '24727059608', now(), 'here', '{}', now();
  INSERT INTO registry.municipal_information_request
    SELECT '${municipality}', 'r', '142042', '24727059608', 'open', NULL, now();
  INSERT INTO registry.municipal_move_in SELECT '${municipality}', 'r', '\\x00', '{}', now();
  INSERT INTO registry.municipal_unsettled_arrival
    (municipality_code, at_municipality, resident_code, moved_on, address, code, received_at)
    SELECT '${municipality}', '142042', '24727059608', now(), 'x', 'no-planned-move', now();
  INSERT INTO registry.municipal_copy_request
    SELECT '${municipality}', 'r', '142042', '24727059608', '{}', '\\x00', 'open', NULL, NULL, now(), now();
  INSERT INTO registry.municipal_copy_answer SELECT '${municipality}', '142042', 'r', 'ok', now()`;
