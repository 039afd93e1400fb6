/**
 * A kiosk in a browser: the same acts as the kiosk’s routes, `openRequest`, `submitRequest`, `findRequest`, `takeDocument`, with the same
 * ledger entries. As there nobody signs in: the card proves who asks, the token who collects. Flow: docs/flows/kiosk-page.md.
 */
import { answer, bytes, type Call, contentDigest, form, page, type RateLimit, route } from '@ishizue/http';
import { languageOf, readerPolicy } from '@ishizue/pages';
import { z } from 'zod';
import { openRequest } from '../centre/open-request.ts';
import { submitRequest } from '../centre/submit-request.ts';
import { CERTIFICATE_CLASSES } from '../certificate-class.ts';
import type { CertificatesContext } from '../certificates-context.ts';
import { cardPage, refusedPage, waitingPage } from './card-page.ts';
import { collectPaper } from './collect-paper.ts';
import { kioskScript } from './kiosk-assets.ts';
import { CARD_PATH, KIOSK_PATH, NO_WISH, wishPage } from './wish-page.ts';

/** The name of the terminal in requests and ledgers. */
const TERMINAL = 'kiosk-page';
const lang = z.object({ lang: z.string().max(5).optional() });
const params = z.object({ id: z.string().regex(/^[0-9a-f]{32}$/) });
const ticked = z
  .literal('yes')
  .optional()
  .transform((value) => value === 'yes');
const wishForm = form(
  z.object({
    readerPort: z.string().max(20).default(''),
    class: z.enum(CERTIFICATE_CLASSES),
    extent: z.enum(['person', 'household']),
    withRelationship: ticked,
    withDomicile: ticked,
  }),
);
const readerPort = z
  .string()
  .regex(/^[1-9][0-9]{0,4}$/)
  .transform(Number)
  .pipe(z.number().max(65_535));
const submissionForm = form(
  z.object({ certificate: z.base64().max(8_192), signature: z.base64().max(2_048) }),
);
const collectionForm = form(z.object({ token: z.string().max(64) }));

type Asked = Pick<Call<unknown, z.output<typeof lang>, unknown, unknown>, 'query' | 'headers'>;
type Collecting = Asked &
  Pick<Call<z.output<typeof params>, unknown, unknown, unknown>, 'params' | 'signal' | 'forgeryField'>;

const languageIn = ({ query, headers }: Asked) => languageOf(query.lang, headers['accept-language']);

const common = { tags: ['pages'], access: 'public', query: lang, bodyBytesMax: 16_384 } as const;
const collected = {
  200: bytes('application/pdf', 'The certificate'),
  202: page('Not yet'),
  409: page('Refused'),
} as const;

/** The pages, for the national site, without a prefix; they have no failures of their own. @param rateLimit the kiosk’s */
export const kioskPages = (context: CertificatesContext, rateLimit: RateLimit) =>
  [
    wishRoute,
    openRoute(context, rateLimit),
    submitRoute(context, rateLimit),
    collectRoute(context, rateLimit),
    ...kioskScript.routes,
  ] as const;

const wishRoute = route({
  ...common,
  method: 'GET',
  path: KIOSK_PATH,
  summary: 'The page on which a paper is chosen at a kiosk',
  responses: { 200: page() },
  handler: (call) => answer(200, wishPage(call, languageIn(call), NO_WISH)),
});

const openRoute = (context: CertificatesContext, rateLimit: RateLimit) =>
  route({
    ...common,
    method: 'POST',
    path: CARD_PATH,
    summary: 'Open a request at the kiosk’s page',
    rateLimit,
    body: wishForm,
    responses: { 200: page('The card'), 409: page('Refused'), 422: page('Not understood') },
    handler: async (call) => {
      const { readerPort: typedPort, ...wish } = call.body;
      const language = languageIn(call);
      const port = readerPort.safeParse(typedPort.normalize('NFKC').trim());
      if (!port.success) return answer(422, wishPage(call, language, call.body, 'port-malformed'));
      const opened = await openRequest(context, TERMINAL, wish);
      if (!opened.ok) return answer(409, refusedPage(language, opened.failure.code));
      return answer(200, cardPage(call, language, opened.value, port.data), readerPolicy(port.data));
    },
  });

const submitRoute = (context: CertificatesContext, rateLimit: RateLimit) =>
  route({
    ...common,
    method: 'POST',
    path: `${CARD_PATH}/:id`,
    summary: 'Prove the holder of the card at the kiosk’s page, and get the paper',
    rateLimit,
    params,
    body: submissionForm,
    responses: collected,
    handler: async (call) => {
      const routed = await submitRequest(context, call.params.id, {
        certificate: Buffer.from(call.body.certificate, 'base64'),
        signature: Buffer.from(call.body.signature, 'base64'),
      });
      if (!routed.ok) return answer(409, refusedPage(languageIn(call), routed.failure.code));
      return paperOrPage(context, call, routed.value.token);
    },
  });

const collectRoute = (context: CertificatesContext, rateLimit: RateLimit) =>
  route({
    ...common,
    method: 'POST',
    path: `${CARD_PATH}/:id/paper`,
    summary: 'Get the paper that was not there yet',
    rateLimit,
    params,
    body: collectionForm,
    responses: collected,
    handler: (call) => paperOrPage(context, call, call.body.token),
  });

async function paperOrPage(context: CertificatesContext, call: Collecting, token: string) {
  const { id } = call.params;
  const language = languageIn(call);
  const come = await collectPaper(context, id, token, call.signal);
  if ('refused' in come) return answer(409, refusedPage(language, come.refused));
  if ('waiting' in come) return answer(202, waitingPage(call, language, id, token));
  const { requestId, certificateId, bytes: document } = come.paper;
  return answer(200, document, {
    'content-disposition': 'attachment; filename="resident-record.pdf"',
    'content-digest': contentDigest(document),
    'certificate-id': certificateId,
    'certificate-request': requestId,
  });
}
