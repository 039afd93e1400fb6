/** The ledger entries of moves: by an officer of the counter, or by a message of another municipality. */
import type { Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Access } from '../access.ts';
import { municipalSite, type RegistryContext } from '../registry-context.ts';

/** One person touched: the fields' names, and `ok` or the code of the refusal. */
export interface Touched {
  readonly residentCode: string;
  readonly fields: readonly string[];
  readonly result: string;
}

/** Entries of persons touched, each under its access. */
export function recordTouchedBy(
  tx: Tx,
  context: RegistryContext,
  municipality: string,
  touched: readonly (Touched & { readonly access: Access })[],
): Promise<void> {
  const site = municipalSite(municipality);
  const at = context.clock.now();
  return recordEntries(
    tx,
    touched.map(({ access, residentCode, fields, result }) => {
      const subject = residentCode === '' ? null : context.pseudonyms.of(site, residentCode);
      return { site, at, ...access, subject, fields, result };
    }),
  );
}

/** Entries of persons touched under one access. */
export function recordTouched(
  tx: Tx,
  context: RegistryContext,
  municipality: string,
  access: Access,
  touched: readonly Touched[],
): Promise<void> {
  return recordTouchedBy(
    tx,
    context,
    municipality,
    touched.map((one) => ({ ...one, access })),
  );
}

/** How another municipality acts here by a message. */
export function accessOfMessage(
  body: { readonly from: string; readonly correlation: string },
  kind: { readonly article: string; readonly affair: string },
): Access {
  const { article, affair } = kind;
  const { from, correlation } = body;
  return { actorKind: 'site', actor: municipalSite(from), terminal: 'link', article, affair, correlation };
}
