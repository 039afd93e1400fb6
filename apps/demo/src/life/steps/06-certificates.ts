/** Step 6: the certificates on the cards, read and verified with the authorities' own papers. */
import { mustSucceed } from '@ishizue/outcome';
import { encodePem, parseCertificate } from '@ishizue/x509';
import { z } from 'zod';
import { authorityOf, fetchAuthorities, fetchList, pemOf } from '../jpki-papers.ts';
import type { LifeStep } from '../life-step.ts';
import { runProgram } from '../outside-program.ts';
import { NATIONAL, PIN_SIGNATURE, type Story } from '../story.ts';

const published = z.object({ published: z.int(), failures: z.int() });

export const certificates: LifeStep = {
  number: 6,
  title: { ja: '電子証明書', en: 'Certificates' },
  explains: {
    ja: '二つの認証局が、カードの鍵に利用者証明用と署名用の証明書を発行しています。',
    en: 'Two certification authorities certified the card’s keys: for authentication, and for signature.',
  },
  async play(story, checks) {
    const { client, state } = story;
    const chip = await story.cardOf(state.adult);
    const papers = {
      authentication: mustSucceed(
        await chip.readCertificate('authentication'),
        'the authentication certificate',
      ),
      signature: mustSucceed(
        await chip.readCertificate('signature', PIN_SIGNATURE),
        'the signature certificate',
      ),
    };
    const withoutPin = await chip.readCertificate('signature');
    checks.that(
      !withoutPin.ok && withoutPin.failure.code === 'not-authorised',
      '署名用証明書は暗証番号なしでは読めない',
      'the signature certificate cannot be read without its PIN',
    );
    await client.act(NATIONAL, '/crl-publications', {}, published);
    const authorities = await fetchAuthorities(story);
    for (const [kind, der] of Object.entries(papers)) {
      const authority = authorityOf(authorities, der);
      const parsed = mustSucceed(parseCertificate(der), 'the certificate');
      checks.that(
        parsed.notAfter % 86_400_000 === (14 * 3600 + 59 * 60 + 59) * 1000,
        `${kind === 'signature' ? '署名用' : '利用者証明用'}：有効期間は日本時間の23時59分59秒に終わる`,
        `${kind}: the validity ends at 23:59:59 in Japan`,
      );
      story.keep(`${kind}.der`, der);
      story.keep(`${kind}.pem`, encodePem('CERTIFICATE', der));
      story.keep(`${kind}-ca.pem`, encodePem('CERTIFICATE', authority.der));
      const list = await fetchList(client, der);
      story.keep(`${kind}.crl.pem`, pemOf('X509 CRL', list));
      checks.by(
        await verifyByOpenssl(story, kind),
        (output) => output.includes(': OK'),
        `${kind === 'signature' ? '署名用' : '利用者証明用'}：openssl が認証局と失効リストで検証`,
        `${kind}: openssl verifies it with the authority and the CRL`,
      );
    }
    const shown = await runProgram(
      'openssl',
      ['x509', '-in', 'signature.pem', '-noout', '-text'],
      story.folder,
    );
    checks.by(
      shown,
      (output) =>
        /Digital Signature, Non Repudiation/.test(output) &&
        /Subject:.*L = Tokyo-to.*Kiyose-shi/.test(output),
      '署名用の鍵用途と所在（Tokyo-to, Kiyose-shi）',
      'the signature certificate’s key usage and place (Tokyo-to, Kiyose-shi)',
    );
    return {
      ja: '成人のカードに二つの証明書があり、どちらも検証できました。',
      en: 'The adult’s card has two certificates, and both were verified.',
    };
  },
};

/** `openssl verify -crl_check` with the authority and the list of the holder's area. */
export function verifyByOpenssl(story: Story, kind: string): ReturnType<typeof runProgram> {
  const arguments_ = ['verify', '-crl_check', '-CAfile', `${kind}-ca.pem`, '-CRLfile', `${kind}.crl.pem`];
  return runProgram('openssl', [...arguments_, `${kind}.pem`], story.folder);
}
