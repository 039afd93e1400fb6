/**
 * Stylesheets, the common one with what a page has of its own behind it as one file, and scripts. Addresses carry a digest of the
 * content, so that browsers may keep them for good.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { bytes, route } from '@ishizue/http';
import { ok } from '@ishizue/outcome';

const own = (name: string): URL => new URL(`../assets/${name}`, import.meta.url);

const digestOf = (content: Uint8Array): string =>
  createHash('sha256').update(content).digest('hex').slice(0, 16);

const routeOf = (path: `/${string}`, mediaType: string, summary: string, content: Uint8Array) =>
  route({
    method: 'GET',
    path,
    summary,
    tags: ['pages'],
    access: 'public',
    cacheControl: 'public, max-age=31536000, immutable',
    responses: { 200: bytes(mediaType) },
    handler: () => ok(content),
  });

/** A stylesheet with its address and its route. @param summary for the API's description */
export function ownStylesheet(files: readonly URL[], name: string, summary: string) {
  const content = Buffer.concat(files.map((file) => readFileSync(file)));
  const path = `/assets/${name}-${digestOf(content)}.css` as const;
  return { path, route: routeOf(path, 'text/css; charset=utf-8', summary, content) };
}

/** Modules that import each other by `./name`: they have a folder of their own. The first is the page's. */
export function ownScripts(files: readonly [URL, ...URL[]], name: string, summary: string) {
  const read = files.map((file) => ({
    name: file.pathname.split('/').at(-1) ?? '',
    text: readFileSync(file),
  }));
  const folder = `/assets/${name}-${digestOf(Buffer.concat(read.map(({ text }) => text)))}` as const;
  return {
    path: `${folder}/${read[0]?.name}`,
    routes: read.map((file) =>
      routeOf(`${folder}/${file.name}`, 'text/javascript; charset=utf-8', summary, file.text),
    ),
  };
}

/** The common stylesheet with what is of these pages behind it. */
export const stylesheet = (file: URL, name: string, summary: string) =>
  ownStylesheet([own('pages.css'), file], name, summary);

/** Of the pages on which officers work and forms are filled in; mounted once. */
export const officeStylesheet = stylesheet(
  own('office.css'),
  'office',
  'The stylesheet of the pages of procedures and of the desk',
);
