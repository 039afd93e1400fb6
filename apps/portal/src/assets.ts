/**
 * The stylesheet and the icon. The stylesheet is the Digital Agency's design tokens, read from their package, and ours
 * after them. Addresses carry a digest of the content, so that browsers may keep them for good.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bytes, route } from '@ishizue/http';
import { ok } from '@ishizue/outcome';

const TOKENS = '@digital-go-jp/design-tokens/dist/tokens.css';
const IMMUTABLE = 'public, max-age=31536000, immutable';

const own = (name: string): Buffer => readFileSync(new URL(`../assets/${name}`, import.meta.url));
const tokens = readFileSync(fileURLToPath(import.meta.resolve(TOKENS)));
const stylesheet = Buffer.concat([tokens, own('portal.css')]);
const icon = own('icon.svg');

const digest = (content: Buffer): string => createHash('sha256').update(content).digest('hex').slice(0, 16);

export const STYLESHEET_PATH = `/assets/portal-${digest(stylesheet)}.css` as const;
export const ICON_PATH = `/assets/icon-${digest(icon)}.svg` as const;

/** The routes of the assets. */
export const assetRoutes = [
  asset(STYLESHEET_PATH, 'text/css; charset=utf-8', 'The stylesheet of the pages', stylesheet),
  asset(ICON_PATH, 'image/svg+xml', 'The icon of the pages', icon),
] as const;

function asset(path: `/${string}`, mediaType: string, summary: string, content: Buffer) {
  return route({
    method: 'GET',
    path,
    summary,
    tags: ['pages'],
    access: 'public',
    cacheControl: IMMUTABLE,
    responses: { 200: bytes(mediaType) },
    handler: () => ok(content),
  });
}
