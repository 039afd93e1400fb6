/** How a person acts at a kiosk, in the ledgers of the centre and of the municipality. */
import type { Access } from '@ishizue/registry';

/** `pseudonym` is the person's at the site whose ledger the entry goes to. */
export function kioskAccess(pseudonym: Uint8Array, kiosk: string, requestId: string): Access {
  return {
    actorKind: 'person',
    actor: Buffer.from(pseudonym).toString('hex'),
    terminal: kiosk,
    article: '住民基本台帳法 第12条',
    affair: 'kiosk-certificate',
    correlation: requestId,
  };
}
