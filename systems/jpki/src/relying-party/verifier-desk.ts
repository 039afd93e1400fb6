/**
 * What a verifier that runs inside the house is served, known by its name and not by its connection: status, lists, links
 * between serial numbers. Its terms are read at each question, after it came, as for one outside (docs/flows/verifiers.md,
 * revocation-status.md step 7): who is not registered, not live or not entitled is told nothing, wherever the public is.
 */
import { buffer } from 'node:stream/consumers';
import { isTransient } from '@ishizue/db';
import { fail, type Result } from '@ishizue/outcome';
import type { Certificate } from '@ishizue/x509';
import { openPublished } from '../crl/published-lists.ts';
import type { JpkiContext } from '../jpki-context.ts';
import { createOcspAnswerer } from '../ocsp/answer-ocsp.ts';
import type { CertificateKind } from '../profile/certificate-kind.ts';
import { type LinkAnswer, type LinksAsked, linkSerials } from '../serial-links/link-serials.ts';
import type { PermitFailure } from '../verifiers/permit-verifier.ts';
import { decideStatusCaller, mayAskAbout, type StatusMethod } from '../verifiers/status-caller.ts';
import type { VerifierCall } from '../verifiers/verifier-access.ts';
import type { Verifier } from '../verifiers/verifier-store.ts';

export interface VerifierDesk {
  /** Certificates of all generations of the authorities of these kinds. */
  readonly authorities: (kinds: readonly CertificateKind[]) => Promise<readonly Certificate[]>;
  /** The answer to an OCSP request, both in DER; an error response to whom it is not for. */
  readonly status: (verifier: string, request: Uint8Array) => Promise<Uint8Array>;
  /** A list in DER by its path (`listPath`); undefined where there is none for this verifier. */
  readonly list: (verifier: string, path: string) => Promise<Uint8Array | undefined>;
  readonly links: (
    call: VerifierCall,
    asked: LinksAsked,
  ) => Promise<Result<readonly LinkAnswer[], PermitFailure | 'links-unavailable'>>;
}

/** Longer lists are for who reads them as streams. */
const LIST_BYTES_MAX = 32 * 1024 * 1024;
const LIST_PATH = /^\/crl\/([0-9a-f]{40})\/([A-Za-z-]{1,64})\/([A-Za-z-]{1,64})$/;

export function verifierDesk(context: JpkiContext): VerifierDesk {
  const answer = createOcspAnswerer(context);
  return {
    authorities: async (kinds) =>
      (await context.authorities.all())
        .filter(({ kind }) => kinds.includes(kind))
        .map(({ certificate }) => certificate),
    status: (verifier, request) => answer(request, () => callerOf(context, 'ocsp', verifier)),
    list: async (verifier, path) => unlessAway(() => readList(context, verifier, path), undefined),
    links: (call, asked) =>
      unlessAway(
        () => linkSerials(context, call, asked),
        fail('links-unavailable', 'the links between serial numbers cannot be read for the moment'),
      ),
  };
}

/** The same decision as for one outside, but that nobody is the public here. */
async function callerOf({ sql, clock }: JpkiContext, method: StatusMethod, verifier: string) {
  const [row] = await sql<Pick<Verifier, 'verifier' | 'state' | 'methods' | 'certificateKinds'>[]>`
    SELECT verifier, state, methods, certificate_kinds AS "certificateKinds" FROM jpki.verifier
    WHERE verifier = ${verifier} AND certificate_ends_at >= ${new Date(clock.now())}`;
  return decideStatusCaller('verifiers', method, row);
}

async function readList(
  context: JpkiContext,
  verifier: string,
  path: string,
): Promise<Uint8Array | undefined> {
  const [, keyIdentifier = '', prefecture = '', area = ''] = LIST_PATH.exec(path) ?? [];
  const authority = (await context.authorities.all()).find(
    (each) => Buffer.from(each.keyIdentifier).toString('hex') === keyIdentifier,
  );
  if (!authority) return undefined;
  const { kind } = authority;
  const caller = await callerOf(context, 'crl', verifier);
  const counted = { verifier: caller.verifier, service: 'crl', kind } as const;
  if (!mayAskAbout(caller, kind)) {
    context.counts.add({ ...counted, answer: caller.refusal?.code ?? 'certificate-kind-not-permitted' });
    return undefined;
  }
  const file = await openPublished(context, authority, { prefecture, area });
  if (!file) return undefined;
  if (file.bytes > LIST_BYTES_MAX) {
    file.content.destroy();
    return undefined;
  }
  context.counts.add({ ...counted, answer: 'sent' });
  return buffer(file.content);
}

async function unlessAway<T, Otherwise>(ask: () => Promise<T>, otherwise: Otherwise): Promise<T | Otherwise> {
  try {
    return await ask();
  } catch (error) {
    if (isTransient(error)) return otherwise;
    throw error;
  }
}
