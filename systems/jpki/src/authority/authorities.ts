/**
 * The generations of all authorities as the database has them, kept for a minute: a ceremony elsewhere is noticed then.
 * An issuer is found by its key, never by its name, which all its generations share.
 */
import type { Clock } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import {
  assembleCertificate,
  type Certificate,
  type IssuerHashes,
  issuerHashes,
  parseCertificate,
} from '@ishizue/x509';
import { algorithmOf } from '../profile/authority-certificate.ts';
import type { CertificateKind } from '../profile/certificate-kind.ts';
import type { IssuingAuthority } from '../profile/issuing-authority.ts';

/** One generation of an authority. */
export interface Authority extends IssuingAuthority {
  readonly generation: number;
  /** In the signer. */
  readonly keyName: string;
  readonly certificate: Certificate;
  readonly hashes: IssuerHashes;
  readonly performedBy: string;
  readonly performedAt: number;
  /** From when it issues, as two persons decided; undefined until then. */
  readonly issuesFrom: number | undefined;
  /** It signs nothing any more. */
  readonly retiredAt: number | undefined;
}

/** As it stands in addresses: `authentication-1`. */
export const authorityLabel = ({ kind, generation }: Pick<Authority, 'kind' | 'generation'>): string =>
  `${kind}-${generation}`;

interface AuthorityRow {
  readonly kind: CertificateKind;
  readonly generation: number;
  readonly keyName: string;
  readonly tbs: Buffer;
  readonly signature: Buffer;
  readonly performedBy: string;
  readonly performedAt: Date;
  readonly issuesFrom: Date | null;
  readonly retiredAt: Date | null;
}

/** A ceremony is performed in another process: by its next second, every process has seen what was decided. */
const KEPT_MS = 1_000;

export class Authorities {
  readonly #sql: Sql;
  readonly #clock: Clock;
  #known: { readonly list: Promise<readonly Authority[]>; readonly until: number } | undefined;

  constructor(sql: Sql, clock: Clock) {
    this.#sql = sql;
    this.#clock = clock;
  }

  /** All generations that are signed, the newest first. */
  all(): Promise<readonly Authority[]> {
    const now = this.#clock.now();
    if (this.#known && now < this.#known.until) return this.#known.list;
    const list = readAuthorities(this.#sql);
    const known = { list, until: now + KEPT_MS };
    this.#known = known;
    // what could not be read, or is not there yet, is asked for again
    const forget = (): void => {
      if (this.#known === known) this.#known = undefined;
    };
    list.then((found) => (found.length === 0 ? forget() : undefined), forget);
    return list;
  }

  /** The generations that sign lists and answers: until they end, or two persons retire them. */
  async standing(): Promise<readonly Authority[]> {
    const now = this.#clock.now();
    return (await this.all()).filter(
      ({ certificate, retiredAt }) => now < certificate.notAfter && retiredAt === undefined,
    );
  }

  /** The generation that issues now: of those whose day has come, the one whose day came last. */
  async findCurrent(kind: CertificateKind): Promise<Authority | undefined> {
    const now = this.#clock.now();
    return (await this.standing())
      .filter((each) => each.kind === kind && each.certificate.notBefore <= now)
      .filter(({ issuesFrom }) => issuesFrom !== undefined && issuesFrom <= now)
      .sort((a, b) => (b.issuesFrom ?? 0) - (a.issuesFrom ?? 0))[0];
  }

  /** Reads the database again at the next question. */
  forget(): void {
    this.#known = undefined;
  }
}

async function readAuthorities(sql: Sql): Promise<readonly Authority[]> {
  const rows = await sql<AuthorityRow[]>`
    SELECT kind, generation, key_name AS "keyName", tbs, signature, performed_by AS "performedBy",
      performed_at AS "performedAt", issues_from AS "issuesFrom", retired_at AS "retiredAt"
    FROM jpki.authority WHERE signature IS NOT NULL ORDER BY kind, generation DESC`;
  return rows.map(toAuthority);
}

function toAuthority({
  tbs,
  signature,
  performedAt,
  issuesFrom,
  retiredAt,
  ...row
}: AuthorityRow): Authority {
  const der = assembleCertificate(tbs, signature);
  const certificate = mustSucceed(parseCertificate(der), 'a stored authority');
  const { subjectKeyIdentifier } = certificate.known;
  if (!subjectKeyIdentifier) throw new Error('a stored authority without subjectKeyIdentifier');
  return {
    ...row,
    performedAt: performedAt.getTime(),
    issuesFrom: issuesFrom?.getTime(),
    retiredAt: retiredAt?.getTime(),
    certificate,
    name: certificate.subject,
    serial: certificate.serial,
    keyIdentifier: subjectKeyIdentifier,
    algorithm: algorithmOf(certificate.publicKey.der),
    hashes: issuerHashes(certificate),
  };
}
