/**
 * What the equipment of a desk does with a card whose certificate is renewed: new key on the card, offer of the authority,
 * write, read back, confirm. Cut off anywhere, the same call goes on where it stopped: what the card holds already is
 * shown first. A key that the card came without is added by who knows the PIN of the other. Flow: docs/flows/renewal.md.
 */
import type { Result } from '@ishizue/outcome';
import type { CardFailure } from './card-code.ts';
import type { KeyKind } from './card-record.ts';
import type { SoftwareCard } from './software-card.ts';

/** The authority, as the desk reaches it; both may be asked again. */
export interface RenewalAtDesk<Offer extends { readonly certificate: Uint8Array }, Renewed> {
  readonly begin: (certificationRequest: Buffer) => Promise<Result<Offer>>;
  readonly confirm: (readBack: Buffer) => Promise<Result<Renewed>>;
}

export async function renewOnCard<Offer extends { readonly certificate: Uint8Array }, Renewed>(
  card: SoftwareCard,
  {
    kind,
    pin,
    otherPin,
  }: { readonly kind: KeyKind; readonly pin: string; readonly otherPin?: string | undefined },
  desk: RenewalAtDesk<Offer, Renewed>,
): Promise<Result<Renewed> | { readonly ok: false; readonly failure: CardFailure }> {
  const held = await card.readCertificate(kind, pin);
  if (!held.ok && held.failure.code === 'key-absent' && otherPin !== undefined) {
    const added = await card.addKey(kind, pin, otherPin);
    if (!added.ok) return added;
  } else if (held.ok) {
    // written before, and not confirmed: another request would be for another key
    const confirmed = await desk.confirm(held.value);
    if (confirmed.ok) return confirmed;
  } else if (held.failure.code !== 'certificate-absent') return held;
  const request = await card.renewKey(kind, pin);
  if (!request.ok) return request;
  const offer = await desk.begin(Buffer.from(request.value));
  if (!offer.ok) return offer;
  const written = await card.writeCertificate(kind, offer.value.certificate, pin);
  if (!written.ok) return written;
  const readBack = await card.readCertificate(kind, pin);
  return readBack.ok ? desk.confirm(readBack.value) : readBack;
}
