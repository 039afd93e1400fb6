/** What every operation of sign-in is given; wiring makes one at start. */
import { createHmac } from 'node:crypto';
import type { Clock } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import type { JpkiContext } from '@ishizue/jpki';
import type { Pseudonyms } from '@ishizue/ledger';
import { mustSucceed, type Result } from '@ishizue/outcome';
import type { SignerClient } from '@ishizue/signer';

/** What the signer is asked for. */
export type SignInSigner = Pick<SignerClient, 'ensureSecret' | 'deriveKey' | 'generateKey' | 'signToken'>;

/** A card that lies in a reader of ours: for demonstrations, where holders have no reader of their own. */
export interface CardReader {
  cards(): Promise<readonly string[]>;
  sign(
    cardId: string,
    pin: string,
    data: Uint8Array,
  ): Promise<Result<{ readonly certificate: Uint8Array; readonly signature: Uint8Array }>>;
}

export interface SignInContext {
  /** The pool of the role of schema `sign_in`. */
  readonly sql: Sql;
  readonly clock: Clock;
  readonly pseudonyms: Pseudonyms;
  readonly jpki: JpkiContext;
  readonly signer: SignInSigner;
  /** How clients and browsers reach us: `https://host[:port]`. */
  readonly origin: string;
  /** Of all that a person has had, by one of their resident codes: `codesOfHolder` of the registry. */
  readonly codesOfHolder: (residentCode: string) => Promise<readonly string[]>;
  readonly secrets: SignInSecrets;
  readonly reader: CardReader | undefined;
  /** Told of what breaks inside the protocol's library. */
  readonly onTrouble: (code: string, error: unknown) => void;
}

export interface SignInSecrets {
  /** Under which subjects are made; must never change, or everybody is somebody else at every client. */
  readonly subjects: Buffer;
  /** Under which cookies are signed. */
  readonly cookies: string;
}

const SECRET = 'sign-in/secrets';

/** Derived inside the signer by label, so that no disk but its own holds them. */
export async function openSignInSecrets(signer: SignInSigner): Promise<SignInSecrets> {
  mustSucceed(await signer.ensureSecret(SECRET, ['derive']), 'the secret of sign-in');
  const derive = async (label: string): Promise<Buffer> =>
    mustSucceed(await signer.deriveKey({ secret: SECRET, label }), `sign-in’s key ${label}`);
  return {
    subjects: await derive('subjects/v1'),
    cookies: createHmac('sha256', await derive('cookies/v1'))
      .update('cookies')
      .digest('base64url'),
  };
}

/** Where the provider stands below the origin. */
export const PROVIDER_PREFIX = '/oidc';

export const issuerOf = ({ origin }: Pick<SignInContext, 'origin'>): string => origin + PROVIDER_PREFIX;
