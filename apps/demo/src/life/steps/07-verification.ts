/** Step 7: a relying party outside the house asks for a signature and believes nothing that it has not verified. */
import { randomBytes } from 'node:crypto';
import { verifySignedChallenge } from '@ishizue/jpki';
import { mustSucceed } from '@ishizue/outcome';
import { askOcsp, fetchAuthorities } from '../jpki-papers.ts';
import type { LifeStep } from '../life-step.ts';
import { askByOpenssl } from '../ocsp-by-openssl.ts';
import { runProgram } from '../outside-program.ts';
import { PIN_AUTHENTICATION, PIN_SIGNATURE, type Story } from '../story.ts';

export const verification: LifeStep = {
  number: 7,
  title: { ja: '署名の検証', en: 'Verification' },
  explains: {
    ja: '検証者がチャレンジを渡し、カードが暗証番号を受けて署名します。検証者は署名・経路・失効リスト・OCSPを確かめます。',
    en: 'A relying party gives a challenge, the card signs it after the PIN; signature, path, CRL and OCSP are checked.',
  },
  async play(story, checks) {
    const challenge = randomBytes(32);
    story.keep('challenge.bin', challenge);
    for (const kind of ['authentication', 'signature'] as const) {
      const name = kind === 'signature' ? '署名用' : '利用者証明用';
      const signature = await signWith(story, kind, challenge);
      story.keep(`challenge.${kind}.sig`, signature);
      const verified = await verify(story, kind, challenge, signature);
      checks.that(
        verified.ok,
        `${name}：署名・経路・失効リスト・OCSPがすべて正しい`,
        `${kind}: signature, path, CRL and OCSP are all right`,
        verified.ok ? undefined : verified.failure.code,
      );
      if (verified.ok && kind === 'signature')
        checks.that(
          verified.value.attributes?.birthDate.slice(1) === story.state.adult.birthDate.replaceAll('-', ''),
          '署名用証明書から本人の生年月日が読める',
          'the signature certificate gives the holder’s birth date',
        );
      const other = await verify(story, kind, randomBytes(32), signature);
      checks.that(
        !other.ok && other.failure.code === 'challenge-signature-invalid',
        `${name}：別のチャレンジの署名は退けられる`,
        `${kind}: a signature of another challenge is refused`,
      );
      await runProgram(
        'openssl',
        ['x509', '-in', `${kind}.pem`, '-pubkey', '-noout', '-out', `${kind}.pub.pem`],
        story.folder,
      );
      const files = ['-verify', `${kind}.pub.pem`, '-signature', `challenge.${kind}.sig`, 'challenge.bin'];
      checks.by(
        await runProgram('openssl', ['dgst', '-sha256', ...files], story.folder),
        (output) => output.includes('Verified OK'),
        `${name}：openssl も署名を正しいと認める`,
        `${kind}: openssl accepts the signature`,
      );
      checks.by(
        await askByOpenssl(story, kind, 'before'),
        (output) => output.includes(`${kind}.pem: good`) && output.includes('Response verify OK'),
        `${name}：openssl ocsp の答えは good`,
        `${kind}: openssl ocsp is told good`,
      );
    }
    return {
      ja: '検証者は、成人がいま確かにカードを持っていることを確かめました。',
      en: 'The relying party made sure that the adult has the card at this moment.',
    };
  },
};

async function signWith(story: Story, kind: 'authentication' | 'signature', data: Buffer): Promise<Buffer> {
  const pin = kind === 'authentication' ? PIN_AUTHENTICATION : PIN_SIGNATURE;
  return mustSucceed(
    await (await story.cardOf(story.state.adult)).sign(kind, pin, data),
    'the card’s signature',
  );
}

/** As a relying party does, with nothing but the certificate, the authorities it trusts and what the country serves. */
async function verify(
  story: Story,
  kind: 'authentication' | 'signature',
  challenge: Buffer,
  signature: Buffer,
): ReturnType<typeof verifySignedChallenge> {
  const { client, state, now } = story;
  const certificate = mustSucceed(
    await (await story.cardOf(state.adult)).readCertificate(
      kind,
      kind === 'signature' ? PIN_SIGNATURE : undefined,
    ),
    'the certificate',
  );
  return verifySignedChallenge({
    kind,
    certificate,
    challenge,
    signature,
    anchors: await fetchAuthorities(story),
    crl: async (path) => (await client.bytes(path)).bytes,
    ocsp: (request) => askOcsp(client, request),
    at: now(),
  });
}
