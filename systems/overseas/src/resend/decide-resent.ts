/**
 * What an upper tier makes of an entry that is told again: the municipality's word stands of what it keeps itself, and of
 * nothing that another one keeps, or that the tier knows to be later. Nobody gets a second row by a changed code.
 */
import type { EntryResent } from './entry-resent.ts';

/** What the site holds of a code. */
export interface HeldIdentity {
  readonly residentCode: string;
  readonly municipality: string;
  readonly state: 'current' | 'deleted';
  readonly name: string;
  readonly address: string | null;
  readonly birthDate: string;
  readonly sex: number;
  readonly sequence: number;
}

export type ResentEffect =
  | 'record'
  | 'nothing'
  | 'ahead-above'
  | 'held-elsewhere'
  | 'code-change-unheard'
  | 'resident-code-retired';

export function decideResent(
  held: ReadonlyMap<string, HeldIdentity>,
  retired: ReadonlySet<string>,
  { identity, codeBefore }: EntryResent,
): ResentEffect {
  if (retired.has(identity.residentCode)) return 'resident-code-retired';
  // the row under the code before would stay, and the person be there twice: the change itself is to be applied
  if (codeBefore !== null && held.has(codeBefore)) return 'code-change-unheard';
  const person = held.get(identity.residentCode);
  if (!person) return 'record';
  if (person.municipality !== identity.municipality) {
    if (identity.state === 'deleted') return 'nothing';
    return person.state === 'current' ? 'held-elsewhere' : 'record';
  }
  if (person.sequence > identity.sequence) return 'ahead-above';
  return isEqual(person, identity) ? 'nothing' : 'record';
}

const isEqual = (held: HeldIdentity, told: EntryResent['identity']): boolean =>
  held.state === told.state &&
  held.name === told.name &&
  held.address === told.address &&
  held.birthDate === told.birthDate &&
  held.sex === told.sex;
