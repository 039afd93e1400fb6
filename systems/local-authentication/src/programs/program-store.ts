/**
 * The rows of a municipality's programs. Whoever answers one shares its lock until the answer is committed, and who changes
 * it takes the lock whole: once a suspension is acknowledged no answer is given any more, in any process. Not by row locks,
 * whose sharers overtake who waits to change the row; advisory locks queue.
 */
import type { Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';

export type ProgramState = 'active' | 'suspended' | 'ended';

export interface Program {
  readonly program: string;
  readonly state: ProgramState;
  readonly registeredAt: Date;
  /** SHA-256 of the key, hexadecimal. */
  readonly fingerprint: string;
}

export type ProgramPermitFailure = 'program-unknown' | 'program-suspended';

export const PROGRAM_NAME = /^(?!.*\d{10})[a-z][a-z0-9-]{0,19}$/;

/** Under which name its requests come, `program/132217/lunch`. */
export const programSite = (municipality: string, program: string): string =>
  `program/${municipality}/${program}`;

const lockName = (municipality: string, program: string): string =>
  `local program ${municipality} ${program}`;

export async function lockProgram(tx: Tx, municipality: string, program: string): Promise<void> {
  await tx`SELECT pg_advisory_xact_lock(hashtextextended(${lockName(municipality, program)}, 0))`;
}

/** The program of this municipality behind a signed request; locks it until the transaction ends. */
export async function permitProgram(
  tx: Tx,
  municipality: string,
  site: string,
): Promise<Result<string, ProgramPermitFailure>> {
  const unknown = fail('program-unknown', 'the caller is no program of this municipality');
  const prefix = programSite(municipality, '');
  if (!site.startsWith(prefix)) return unknown;
  const program = site.slice(prefix.length);
  await tx`SELECT pg_advisory_xact_lock_shared(hashtextextended(${lockName(municipality, program)}, 0))`;
  const [row] = await tx<Pick<Program, 'state'>[]>`
    SELECT state FROM local_authentication.municipal_program
    WHERE municipality_code = ${municipality} AND program = ${program}`;
  if (!row || row.state === 'ended') return unknown;
  return row.state === 'active' ? ok(program) : fail('program-suspended', `${program} is suspended`);
}

/** All of them, by name: some hundred at the most. */
export async function allPrograms(tx: Tx, municipality: string): Promise<readonly Program[]> {
  const rows = await tx<Program[]>`
    SELECT program, state, registered_at AS "registeredAt", encode(sha256(public_key), 'hex') AS fingerprint
    FROM local_authentication.municipal_program WHERE municipality_code = ${municipality} ORDER BY program`;
  return rows.map((row) => ({ ...row }));
}
