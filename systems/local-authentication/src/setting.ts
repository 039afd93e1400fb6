/**
 * As which verifier a municipality asks the centre, and by what it learns of revocations: by OCSP, or by lists that it keeps.
 * Whether that verifier is live and entitled is the centre's to say, at each question.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { municipalSite } from '@ishizue/registry';
import type { LocalContext } from './local-context.ts';
import { actAsOfficer, type LocalOfficer } from './officer-act.ts';

export const STATUS_METHODS = ['ocsp', 'crl'] as const;

export interface LocalSetting {
  /** `verifier/…` as the national site registered it. */
  readonly verifier: string;
  readonly method: (typeof STATUS_METHODS)[number];
}

const VERIFIER = /^(?!.*\d{10})verifier\/[a-z0-9-]{1,40}$/;

export function changeSetting(
  context: LocalContext,
  municipality: string,
  by: LocalOfficer,
  { verifier, method }: LocalSetting,
): Promise<Result<LocalSetting, 'purpose-missing' | 'verifier-name-invalid'>> {
  return actAsOfficer(context, by, { municipality, act: 'setting-change' }, async (tx) => {
    if (!VERIFIER.test(verifier)) return fail('verifier-name-invalid', 'a verifier’s name is verifier/…');
    await tx`
      INSERT INTO local_authentication.municipal_setting (municipality_code, verifier, method, changed_at)
      VALUES (${municipality}, ${verifier}, ${method}, ${new Date(context.clock.now())})
      ON CONFLICT (municipality_code) DO UPDATE
      SET verifier = excluded.verifier, method = excluded.method, changed_at = excluded.changed_at`;
    return ok({ verifier, method });
  });
}

/** Undefined where the municipality has not been set up. */
export async function findSetting(tx: Tx, municipality: string): Promise<LocalSetting | undefined> {
  const [row] = await tx<LocalSetting[]>`
    SELECT verifier, method FROM local_authentication.municipal_setting WHERE municipality_code = ${municipality}`;
  return row && { ...row };
}

export const readSetting = ({ sql }: LocalContext, municipality: string): Promise<LocalSetting | undefined> =>
  inTransaction(sql, { site: municipalSite(municipality) }, (tx) => findSetting(tx, municipality));
