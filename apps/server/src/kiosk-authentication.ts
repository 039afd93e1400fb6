/** The kiosk's question of who holds a card, put to JPKI: its refusals in the kiosk's words. */
import type { AuthenticateHolder, HolderRefusal } from '@ishizue/certificates';
import type { AuthenticatedHolder, AuthenticateFailure, HolderChallenge, SignInAccess } from '@ishizue/jpki';
import { fail, type Result } from '@ishizue/outcome';

type Ask = (
  access: SignInAccess,
  signed: HolderChallenge,
) => Promise<Result<AuthenticatedHolder, AuthenticateFailure>>;

const REFUSALS: Readonly<Record<AuthenticateFailure, HolderRefusal>> = {
  'certificate-malformed': 'card-not-proved',
  'certificate-not-trusted': 'card-not-proved',
  'certificate-of-another-kind': 'card-not-proved',
  'challenge-signature-invalid': 'card-not-proved',
  'certificate-expired': 'certificate-not-current',
  'certificate-not-yet-valid': 'certificate-not-current',
  'certificate-revoked': 'certificate-not-current',
  'certificate-unknown': 'certificate-not-current',
};

export function kioskAuthentication(ask: Ask): AuthenticateHolder {
  return async (proof, { terminal, correlation }) => {
    const access = {
      terminal,
      correlation,
      article: '公的個人認証法 第36条',
      affair: 'kiosk-authentication',
    };
    const asked = await ask(access, proof);
    return asked.ok ? asked : fail(REFUSALS[asked.failure.code], asked.failure.detail);
  };
}
