/** The stylesheet of the pages; its address carries a digest of the content, so that browsers may keep it for good. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { bytes, route } from '@ishizue/http';
import { ok } from '@ishizue/outcome';

const stylesheet = readFileSync(new URL('../../assets/sign-in.css', import.meta.url));
const digest = createHash('sha256').update(stylesheet).digest('hex').slice(0, 16);

export const STYLESHEET_PATH = `/assets/sign-in-${digest}.css` as const;

export const stylesheetRoute = route({
  method: 'GET',
  path: STYLESHEET_PATH,
  summary: 'The stylesheet of the pages of sign-in',
  tags: ['pages'],
  access: 'public',
  cacheControl: 'public, max-age=31536000, immutable',
  responses: { 200: bytes('text/css; charset=utf-8') },
  handler: () => ok(stylesheet),
});
