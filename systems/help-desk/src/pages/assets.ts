/** The stylesheet of these pages besides the common one; its address carries a digest of the content. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { bytes, route } from '@ishizue/http';
import { ok } from '@ishizue/outcome';

const stylesheet = readFileSync(new URL('../../assets/help.css', import.meta.url));
const digest = createHash('sha256').update(stylesheet).digest('hex').slice(0, 16);

export const HELP_STYLESHEET_PATH = `/assets/help-${digest}.css` as const;

export const helpStylesheetRoute = route({
  method: 'GET',
  path: HELP_STYLESHEET_PATH,
  summary: 'The stylesheet of the pages of help',
  tags: ['pages'],
  access: 'public',
  cacheControl: 'public, max-age=31536000, immutable',
  responses: { 200: bytes('text/css; charset=utf-8') },
  handler: () => ok(stylesheet),
});
