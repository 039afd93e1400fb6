/** Step 9: the adult gets a copy of the resident record at a kiosk, and the issuer knows its number. */
import { createHash } from 'node:crypto';
import { mustSucceed } from '@ishizue/outcome';
import { z } from 'zod';
import { eventually, type LifeStep } from '../life-step.ts';
import { runProgram } from '../outside-program.ts';
import { HOME, PIN_AUTHENTICATION, type Story } from '../story.ts';

const opened = z.object({ requestId: z.string(), challenge: z.string() });
const routed = z.object({ documentToken: z.string() });
const request = z.object({ state: z.string(), refusal: z.string().nullish() });
const verification = z.object({
  municipality: z.string(),
  sha256: z.string(),
  stands: z.boolean(),
  pages: z.int(),
});
const ENDED = new Set(['refused', 'timed-out', 'stopped']);

export const kiosk: LifeStep = {
  number: 9,
  title: { ja: 'コンビニ交付', en: 'Certificate at the kiosk' },
  explains: {
    ja: 'カードで住民票の写しを求めます。市が作ったPDFを、センターが請求と照らし合わせてから渡します。',
    en: 'A copy of the resident record: the city renders the PDF, the centre compares it with the request and hands it out.',
  },
  async play(story, checks) {
    const { client, state } = story;
    const wish = {
      class: 'resident-record',
      extent: 'household',
      withRelationship: true,
      withDomicile: false,
    };
    const { requestId, challenge } = await client.post(
      '/kiosk/requests',
      { kiosk: 'k-demonstration', ...wish },
      opened,
    );
    const chip = await story.cardOf(state.adult);
    const certificate = mustSucceed(await chip.readCertificate('authentication'), 'the certificate');
    const signed = await chip.sign('authentication', PIN_AUTHENTICATION, Buffer.from(challenge, 'base64'));
    const proof = {
      certificate: certificate.toString('base64'),
      signature: mustSucceed(signed, 'the card’s signature').toString('base64'),
    };
    const token = await submit(story, requestId, proof);
    const ended = await eventually(async () => {
      const { state: now } = await client.get(`/kiosk/requests/${requestId}`, request);
      return now === 'rendered' || ENDED.has(now) ? now : undefined;
    }, 'the document');
    checks.that(
      ended === 'rendered',
      '市の回答が請求と一致した',
      'the city’s answer agrees with the request',
      ended,
    );
    const { bytes, headers } = await client.bytes(`/kiosk/requests/${requestId}/document`, {
      headers: { 'document-token': token },
    });
    story.keep('resident-record.pdf', bytes);
    const certificateId = headers.get('certificate-id') ?? '';
    state.certificateId = certificateId;
    const verified = await client.get(
      `/certificates/verification/${encodeURIComponent(certificateId)}`,
      verification,
    );
    checks.that(
      verified.stands && verified.municipality === HOME && verified.sha256 === sha256(bytes),
      '発行者が証明書番号と内容のハッシュを確認した',
      'the issuer knows the number and the hash of the paper',
    );
    await checkByPrograms(story, checks, certificateId);
    return { ja: '住民票の写しが交付されました。', en: 'The copy of the resident record was handed out.' };
  },
};

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function submit(story: Story, requestId: string, proof: unknown): Promise<string> {
  // the answer is 202: it is read here, where other steps have no use for such a body
  const response = await story.client.bytes(`/kiosk/requests/${requestId}/submission`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(proof),
  });
  return routed.parse(JSON.parse(response.bytes.toString('utf8'))).documentToken;
}

async function checkByPrograms(
  story: Story,
  checks: Parameters<LifeStep['play']>[1],
  certificateId: string,
): Promise<void> {
  const { adult, newborn, elder } = story.state;
  const text = await runProgram('pdftotext', ['-layout', 'resident-record.pdf', '-'], story.folder);
  const holds = (output: string): boolean => {
    const bare = output.replaceAll(/\s/g, '');
    const has = (name: string): boolean => bare.includes(name.replaceAll('　', ''));
    return has(adult.name) && has(newborn.name) && !has(elder.name) && bare.includes('上清戸二丁目6番41号');
  };
  checks.by(
    text,
    holds,
    'pdftotext で、正しい文字の氏名・新しい住所・現在の世帯員だけが読める',
    'pdftotext reads the names in their characters, the new address, and the present household alone',
  );
  checks.by(
    text,
    (output) => {
      const code = story.known(adult.residentCode, 'the resident code');
      return output.includes(certificateId) && !output.includes(code);
    },
    '証明書番号があり、住民票コードはない',
    'the paper has its number, and no resident code',
  );
  checks.by(
    await runProgram('pdffonts', ['resident-record.pdf'], story.folder),
    (output) =>
      output
        .split('\n')
        .slice(2)
        .filter(Boolean)
        .every((line) => /\byes\s+(yes|no)\s+yes\b/.test(line)),
    'pdffonts：すべての書体が埋め込まれている',
    'pdffonts: every font is embedded',
  );
}
