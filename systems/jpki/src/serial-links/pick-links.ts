/**
 * Which serial numbers a certificate leads to (新旧紐付け, 証明書紐付け; domain rules 6.4). Pure. Decided, since the real rule is not
 * published: older and newer are the certificates of the same kind that one resident code was given, in the order of their
 * handing out, across cards; the other certificate is the newest of the other kind on the same card, of a phone's certificate
 * the newest of the other kind on that card's phone. A changed resident code
 * (住民基本台帳法 30-4) ends the chain: certificates of before lead to none of after.
 */
import { type CertificateKind, COUNTERPART_OF } from '../profile/certificate-kind.ts';

export const SERIAL_LINKS = ['older', 'newer', 'other'] as const;
export type SerialLink = (typeof SERIAL_LINKS)[number];

/** A certificate of a person that was handed out. */
export interface HandedOutCertificate {
  readonly kind: CertificateKind;
  readonly serial: number;
  readonly cardId: string;
}

/** What was asked for and nothing besides. */
export interface LinkedSerials {
  /** The newest first. */
  readonly older?: readonly number[];
  /** The oldest first. */
  readonly newer?: readonly number[];
  readonly other?: number | null;
}

/** @param chain all certificates of the person in the order of their issue, the one asked about among them */
export function pickLinks(
  chain: readonly HandedOutCertificate[],
  asked: Pick<HandedOutCertificate, 'kind' | 'serial'>,
  wanted: readonly SerialLink[],
): LinkedSerials {
  const ofKind = chain.filter(({ kind }) => kind === asked.kind);
  const place = ofKind.findIndex(({ serial }) => serial === asked.serial);
  const itself = ofKind[place];
  if (!itself) throw new Error('a certificate is not in its own chain');
  const serials = ofKind.map(({ serial }) => serial);
  const other = chain.findLast(
    ({ kind, cardId }) => kind === COUNTERPART_OF[asked.kind] && cardId === itself.cardId,
  );
  return {
    ...(wanted.includes('older') && { older: serials.slice(0, place).toReversed() }),
    ...(wanted.includes('newer') && { newer: serials.slice(place + 1) }),
    ...(wanted.includes('other') && { other: other?.serial ?? null }),
  };
}
