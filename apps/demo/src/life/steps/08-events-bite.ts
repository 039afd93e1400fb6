/** Step 8: what happens in the register bites in the certificates, and only as far as it should. */
import { dateInTokyo } from '@ishizue/clock';
import { mustSucceed } from '@ishizue/outcome';
import { encodePem } from '@ishizue/x509';
import { z } from 'zod';
import { certificateStatus, type Status } from '../certificate-status.ts';
import { fetchList, pemOf } from '../jpki-papers.ts';
import { eventually, type LifeStep } from '../life-step.ts';
import { askByOpenssl } from '../ocsp-by-openssl.ts';
import { HOME_SITE, NATIONAL, type Person, PIN_SIGNATURE, type Story, TERMINAL } from '../story.ts';
import { verifyByOpenssl } from './06-certificates.ts';

const recorded = z.object({ sequence: z.int() });
const published = z.object({ published: z.int(), failures: z.int() });
const SAME_SECOND_MS = 1_000;

export const eventsBite: LifeStep = {
  number: 8,
  title: { ja: '異動と失効', en: 'Events bite' },
  explains: {
    ja: '軽微な修正では何も失効せず、転居では署名用だけが、死亡では両方が失効してカードも無効になります。',
    en: 'A minor correction revokes nothing, a move inside the city the signature certificate, a death both and the card.',
  },
  async play(story, checks) {
    const { adult, elder } = story.state;
    await act(story, 'correction', {
      reason: 'minor-correction',
      ...about(story, adult),
      building: 'コーポ礎 203号',
    });
    await story.client.act(
      NATIONAL,
      '/persons/look-up',
      { ...about(story, adult, false), terminal: TERMINAL },
      z.unknown(),
    );
    checks.that(
      (await statusOf(story, adult, 'signature')) === 'good' &&
        (await statusOf(story, adult, 'authentication')) === 'good',
      '軽微な修正（建物名）では何も失効しない',
      'a minor correction (the building’s name) revokes nothing',
    );
    const address = { town: '上清戸二丁目', lot: '6番41号', building: null, postalCode: '2040011' };
    const took_ms = await untilRevoked(story, adult, 'signature', () =>
      act(story, 'move-within', { reason: 'move-within', ...about(story, adult), address }),
    );
    checks.that(
      took_ms < SAME_SECOND_MS,
      '転居の記録から1秒以内に、OCSPが署名用を失効と答えた',
      'within a second of the move OCSP says that the signature certificate is revoked',
      `${took_ms} ms`,
    );
    checks.that(
      (await statusOf(story, adult, 'authentication')) === 'good',
      '利用者証明用は有効なまま',
      'the authentication certificate is still good',
    );
    await checkByOpenssl(story, checks);
    const deaths_ms = await untilRevoked(story, elder, 'authentication', () =>
      act(story, 'death', { reason: 'death', ...about(story, elder) }),
    );
    checks.that(
      deaths_ms < SAME_SECOND_MS && (await statusOf(story, elder, 'signature')) === 'revoked',
      '死亡の記録から1秒以内に、両方の証明書が失効した',
      'within a second of the death both certificates are revoked',
      `${deaths_ms} ms`,
    );
    checks.that(
      await cardIsVoid(story, elder),
      '死亡した人のカードは無効になった',
      'the card of the deceased is void',
    );
    return {
      ja: '転居と死亡が、証明書とカードにすぐ効きました。',
      en: 'The move and the death took effect on certificates and card at once.',
    };
  },
};

const about = (story: Story, person: Person, dated = true) => ({
  residentCode: story.known(person.residentCode, 'the resident code'),
  ...(dated && { eventDate: dateInTokyo(story.now()) }),
});

function act(story: Story, name: string, event: unknown): Promise<unknown> {
  const request = { requestId: story.requestId(name), terminal: TERMINAL, event };
  return story.client.act(HOME_SITE, '/events', request, recorded);
}

async function statusOf(story: Story, person: Person, kind: 'authentication' | 'signature'): Promise<Status> {
  const pin = kind === 'signature' ? PIN_SIGNATURE : undefined;
  const der = mustSucceed(await (await story.cardOf(person)).readCertificate(kind, pin), 'the certificate');
  return certificateStatus(story, der);
}

/** Milliseconds from the acknowledged event until OCSP says revoked. */
async function untilRevoked(
  story: Story,
  person: Person,
  kind: 'authentication' | 'signature',
  happen: () => Promise<unknown>,
): Promise<number> {
  await happen();
  const began = performance.now();
  await eventually(
    async () => ((await statusOf(story, person, kind)) === 'revoked' ? true : undefined),
    'the revocation',
  );
  return Math.round(performance.now() - began);
}

async function checkByOpenssl(story: Story, checks: Parameters<LifeStep['play']>[1]): Promise<void> {
  checks.by(
    await askByOpenssl(story, 'signature', 'after'),
    (output) => output.includes('signature.pem: revoked'),
    'openssl ocsp も署名用を失効と認める',
    'openssl ocsp, too, is told that the signature certificate is revoked',
  );
  await story.client.act(NATIONAL, '/crl-publications', {}, published);
  const chip = await story.cardOf(story.state.adult);
  const der = mustSucceed(
    await chip.readCertificate('signature', PIN_SIGNATURE),
    'the signature certificate',
  );
  story.keep('signature.pem', encodePem('CERTIFICATE', der));
  story.keep('signature.crl.pem', pemOf('X509 CRL', await fetchList(story.client, der)));
  const run = await verifyByOpenssl(story, 'signature');
  // openssl exits 2 for a revoked certificate: that is the answer that is wanted
  checks.by(
    run.outcome === 'ran' ? { ...run, exitCode: run.exitCode === 2 ? 0 : 1 } : run,
    (output) => output.includes('certificate revoked'),
    'openssl verify -crl_check も失効を見つける',
    'openssl verify -crl_check finds the revocation',
  );
}

/** A card that is void goes to no counter; one that its holder has says that it is active. */
async function cardIsVoid(story: Story, person: Person): Promise<boolean> {
  const cardId = story.known(person.cardId, 'the card');
  return eventually(async () => {
    const refusal = await story.client
      .act(NATIONAL, `/cards/${cardId}/delivery`, { terminal: TERMINAL }, z.object({ state: z.string() }))
      .then(({ state }) => state)
      .catch((error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'failed'));
    return refusal.startsWith('card-') || refusal === 'void' ? true : undefined;
  }, 'the card’s end');
}
