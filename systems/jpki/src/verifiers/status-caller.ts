/**
 * Who asks for the status of certificates (JPKI Act 18, 37): a verifier, known by the client certificate of its connection,
 * or the public, where the house serves it. Decided at each request, from rows that are read after it came: a suspension
 * bites at the next one, in every process. A certificate that is no verifier's makes nobody known.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import type { Failure } from '@ishizue/outcome';
import { Batches } from '../batches.ts';
import { PUBLIC_VERIFIER } from '../counts/answer-counts.ts';
import { CARD_KIND_OF, type CardKind, type CertificateKind } from '../profile/certificate-kind.ts';
import type { Verifier } from './verifier-store.ts';

/** Whom lists and OCSP are for: all who ask, or verifiers only, as the real service has it. */
export const STATUS_AUDIENCES = ['everyone', 'verifiers'] as const;
export type StatusAudience = (typeof STATUS_AUDIENCES)[number];

export type StatusMethod = Verifier['methods'][number];

export type StatusCallerFailure =
  | 'verifier-unknown'
  | 'verifier-not-live'
  | 'verifier-suspended'
  | 'method-not-permitted'
  | 'certificate-kind-not-permitted';

/** Under which name answers are counted, and about which certificates they may be, on card or phone. */
export interface StatusCaller {
  readonly verifier: string;
  readonly kinds: readonly CardKind[] | 'all';
  /** Why about none. */
  readonly refusal?: Failure<StatusCallerFailure>;
}

export const THE_PUBLIC: StatusCaller = { verifier: PUBLIC_VERIFIER, kinds: 'all' };

type StatusRights = Pick<Verifier, 'verifier' | 'state' | 'methods' | 'certificateKinds'>;

export const mayAskAbout = ({ kinds }: StatusCaller, kind: CertificateKind): boolean =>
  kinds === 'all' || kinds.includes(CARD_KIND_OF[kind]);

const refused = (verifier: string, code: StatusCallerFailure, detail: string): StatusCaller => ({
  verifier,
  kinds: [],
  refusal: { code, detail },
});

/** The decision, pure. */
export function decideStatusCaller(
  audience: StatusAudience,
  method: StatusMethod,
  rights: StatusRights | undefined,
): StatusCaller {
  if (!rights)
    return audience === 'everyone'
      ? THE_PUBLIC
      : refused(
          PUBLIC_VERIFIER,
          'verifier-unknown',
          'a status is for verifiers, by their client certificate',
        );
  const { verifier, state, methods, certificateKinds } = rights;
  if (state === 'suspended') return refused(verifier, 'verifier-suspended', `${verifier} is suspended`);
  if (state !== 'live') return refused(verifier, 'verifier-not-live', `${verifier} is ${state}`);
  if (!methods.includes(method))
    return refused(verifier, 'method-not-permitted', `${method} is not among the terms of ${verifier}`);
  return { verifier, kinds: certificateKinds };
}

/** Tells who sends a request, by the client certificate in DER. */
export type FindStatusCaller = (
  method: StatusMethod,
  certificate: Uint8Array | undefined,
) => StatusCaller | Promise<StatusCaller>;

const CERTIFICATES_IN_QUERY_MAX = 200;
const QUERIES_AT_ONCE = 2;

/** Who comes without a certificate costs no question. */
export function statusCallers({
  sql,
  clock,
  statusFor,
}: {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly statusFor: StatusAudience;
}): FindStatusCaller {
  const lookup = new Batches<string, StatusRights | undefined>({
    run: async (fingerprints) => {
      const known = await readRights(sql, fingerprints, clock.now());
      return fingerprints.map((fingerprint) => known.get(fingerprint));
    },
    itemsMax: CERTIFICATES_IN_QUERY_MAX,
    atOnce: QUERIES_AT_ONCE,
  });
  return (method, certificate) =>
    certificate === undefined
      ? decideStatusCaller(statusFor, method, undefined)
      : lookup
          .add(createHash('sha256').update(certificate).digest('hex'))
          .then((rights) => decideStatusCaller(statusFor, method, rights));
}

/** Of verifiers whose certificate has not run out. */
async function readRights(
  sql: Sql,
  fingerprints: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, StatusRights>> {
  const rows = await sql<(StatusRights & { fingerprint: string })[]>`
    SELECT fingerprint, verifier, state, methods, certificate_kinds AS "certificateKinds" FROM jpki.verifier
    WHERE fingerprint = ANY(${[...new Set(fingerprints)]}) AND certificate_ends_at >= ${new Date(now)}`;
  return new Map(rows.map((row) => [row.fingerprint, row]));
}
