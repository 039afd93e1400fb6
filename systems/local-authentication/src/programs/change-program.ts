/**
 * An officer registers a program by its name and its key, suspends it, lets it ask again, or ends it for good
 * (docs/flows/local-authentication.md step 1).
 */
import { createHash, createPublicKey } from 'node:crypto';
import { inTransaction } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { municipalSite } from '@ishizue/registry';
import type { LocalContext } from '../local-context.ts';
import { actAsOfficer, type LocalOfficer } from '../officer-act.ts';
import { keyIdOf } from './find-program-key.ts';
import { allPrograms, lockProgram, PROGRAM_NAME, type Program, type ProgramState } from './program-store.ts';

export const PROGRAM_ACTS = ['suspend', 'restore', 'end'] as const;
export type ProgramAct = (typeof PROGRAM_ACTS)[number];

const STATE_AFTER = {
  suspend: { from: ['active'], to: 'suspended' },
  restore: { from: ['suspended'], to: 'active' },
  end: { from: ['active', 'suspended'], to: 'ended' },
} as const satisfies Readonly<
  Record<ProgramAct, { readonly from: readonly ProgramState[]; readonly to: ProgramState }>
>;

export type RegisterProgramFailure =
  | 'purpose-missing'
  | 'program-name-invalid'
  | 'program-key-unsuitable'
  /** The name, or the key, is a program's already. */
  | 'program-known';
export type ChangeProgramFailure = 'purpose-missing' | 'program-unknown' | 'program-state-refused';

/** How a program signs its requests: under this key id. */
export interface RegisteredProgram {
  readonly program: string;
  readonly keyId: string;
}

/** @param publicKeyPem Ed25519, as `openssl pkey -pubout` writes it */
export function registerProgram(
  context: LocalContext,
  municipality: string,
  by: LocalOfficer,
  wish: { readonly program: string; readonly publicKeyPem: string },
): Promise<Result<RegisteredProgram, RegisterProgramFailure>> {
  const { program, publicKeyPem } = wish;
  const isNamed = PROGRAM_NAME.test(program);
  const acted = { municipality, act: 'program-register', program: isNamed ? program : undefined };
  return actAsOfficer(context, by, acted, async (tx) => {
    if (!isNamed) return fail('program-name-invalid', 'small letters, digits and hyphens, 20 at the most');
    const key = readKey(publicKeyPem);
    if (!key) return fail('program-key-unsuitable', 'an Ed25519 key in PEM');
    const at = new Date(context.clock.now());
    const { count } = await tx`
      INSERT INTO local_authentication.municipal_program (municipality_code, program, public_key, state, registered_at,
        changed_at)
      VALUES (${municipality}, ${program}, ${key}, 'active', ${at}, ${at}) ON CONFLICT DO NOTHING`;
    if (count === 0) return fail('program-known', 'the name or the key is a program’s already');
    return ok({ program, keyId: keyIdOf(municipality, createHash('sha256').update(key).digest('hex')) });
  });
}

function readKey(pem: string): Buffer | undefined {
  try {
    const { x, crv } = createPublicKey({ key: pem, format: 'pem' }).export({ format: 'jwk' });
    return crv === 'Ed25519' && x !== undefined ? Buffer.from(x, 'base64url') : undefined;
  } catch {
    return undefined; // no key, or one of a kind that has no such form
  }
}

export function changeProgram(
  context: LocalContext,
  municipality: string,
  by: LocalOfficer,
  { program, act }: { readonly program: string; readonly act: ProgramAct },
): Promise<Result<ProgramState, ChangeProgramFailure>> {
  const named = PROGRAM_NAME.test(program) ? program : undefined;
  return actAsOfficer(context, by, { municipality, act: `program-${act}`, program: named }, async (tx) => {
    await lockProgram(tx, municipality, program);
    const { from, to } = STATE_AFTER[act];
    const rows = await tx<{ isChanged: boolean }[]>`
      WITH changed AS (
        UPDATE local_authentication.municipal_program SET state = ${to}, changed_at = ${new Date(context.clock.now())}
        WHERE municipality_code = ${municipality} AND program = ${program} AND state = ANY(${[...from]})
        RETURNING program
      )
      SELECT EXISTS (SELECT FROM changed) AS "isChanged" FROM local_authentication.municipal_program
      WHERE municipality_code = ${municipality} AND program = ${program}`;
    const [row] = rows;
    if (!row) return fail('program-unknown', 'the municipality has no program of this name');
    return row.isChanged ? ok(to) : fail('program-state-refused', `its state does not allow ${act}`);
  });
}

/** Everything that is or was registered. No personal data. */
export const listPrograms = ({ sql }: LocalContext, municipality: string): Promise<readonly Program[]> =>
  inTransaction(sql, { site: municipalSite(municipality) }, (tx) => allPrograms(tx, municipality));
