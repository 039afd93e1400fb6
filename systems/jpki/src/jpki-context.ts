/**
 * What every operation of JPKI is given. Wiring makes one at start with `jpkiContext`, which adds what is kept in memory
 * of the database: the authorities and the distribution points, which only ever grow.
 */
import { type Clock, type ClockWatch, UNGUARDED } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import type { Pseudonyms } from '@ishizue/ledger';
import type { MunicipalityDirectory } from '@ishizue/municipalities';
import type { CaseDesk } from '@ishizue/procedure';
import type { IdentifiedPerson, PersonLook } from '@ishizue/registry';
import type { SignerClient } from '@ishizue/signer';
import { Authorities } from './authority/authorities.ts';
import { AnswerCounts } from './counts/answer-counts.ts';
import { KnownPoints } from './crl/known-points.ts';
import type { ListFiles } from './crl/list-files.ts';
import type { JpkiProfile } from './profile/jpki-profile.ts';
import { registrationDesk } from './verifiers/registration-desk.ts';
import { type FindStatusCaller, type StatusAudience, statusCallers } from './verifiers/status-caller.ts';

/** What the signer is asked for. */
export type JpkiSigner = Pick<SignerClient, 'generateKey' | 'signCertificate' | 'signList' | 'signOcsp'>;

export interface JpkiParts {
  /** The pool of the role of schema `jpki`. */
  readonly sql: Sql;
  readonly clock: Clock;
  /** Whether the clock may be believed; always, where nobody watches it. */
  readonly clockWatch?: ClockWatch;
  readonly pseudonyms: Pseudonyms;
  readonly municipalities: MunicipalityDirectory;
  readonly signer: JpkiSigner;
  readonly profile: JpkiProfile;
  /** Whom lists and OCSP are for. */
  readonly statusFor: StatusAudience;
  /** Where the lists of revoked certificates are. */
  readonly lists: ListFiles;
  /** `findPersons` of the registry, which writes a ledger entry for each look. */
  readonly findPersons: (looks: readonly PersonLook[]) => Promise<ReadonlyMap<string, IdentifiedPerson>>;
  /** Unpredictable bytes, for serial numbers and common names. */
  readonly randomBytes: (size: number) => Uint8Array;
}

export interface JpkiContext extends JpkiParts {
  readonly clockWatch: ClockWatch;
  /** What verifiers and the public were told; to be flushed at the end. */
  readonly counts: AnswerCounts;
  /** Who asks for a status, by the client certificate. */
  readonly findStatusCaller: FindStatusCaller;
  /** The desk where verifiers are registered, opened when first asked for. */
  readonly registration: () => Promise<CaseDesk>;
  readonly authorities: Authorities;
  readonly points: KnownPoints;
}

export const jpkiContext = (parts: JpkiParts): JpkiContext => ({
  ...parts,
  clockWatch: parts.clockWatch ?? UNGUARDED,
  counts: new AnswerCounts(parts.sql, parts.clock),
  findStatusCaller: statusCallers(parts),
  registration: registrationDesk(parts),
  authorities: new Authorities(parts.sql, parts.clock),
  points: new KnownPoints(),
});
