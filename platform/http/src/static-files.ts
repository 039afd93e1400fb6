/**
 * Static files of pages: styles, scripts, fonts, images. The folder is read once when it is mounted, so a request can
 * only ever name a file that was there, and no path is made from what a client sent.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import type { FastifyInstance } from 'fastify';

/** A folder that everyone may read. */
export interface StaticFiles {
  readonly prefix: `/${string}`;
  readonly directory: string;
  /** Default: clients ask again each time, and are told when nothing changed. */
  readonly cacheControl?: string;
  /** Of all files together; default 64 MiB. */
  readonly bytesMax?: number;
}

interface StaticFile {
  readonly bytes: Buffer;
  readonly mediaType: string;
  readonly tag: string;
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

const FILES_MAX = 5_000;

/** Serves the files of a folder; throws when one has no known media type or they are too large together. */
export function mountStatic(app: FastifyInstance, options: StaticFiles): void {
  const files = readFiles(options.directory, options.bytesMax ?? 64 * 1_048_576);
  const cacheControl = options.cacheControl ?? 'no-cache';
  app.route<{ Params: { '*': string } }>({
    method: 'GET',
    url: `${options.prefix}/*`,
    schema: { hide: true },
    config: { access: 'public', site: '' },
    handler: (request, reply) => {
      const file = files.get(request.params['*']);
      if (!file) {
        reply.callNotFound();
        return;
      }
      reply.headers({ 'cache-control': cacheControl, etag: file.tag });
      if (request.headers['if-none-match'] === file.tag) reply.code(304).send();
      else reply.type(file.mediaType).send(file.bytes);
    },
  });
}

function readFiles(directory: string, bytesMax: number): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  let total = 0;
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    total += statSync(path).size;
    if (files.size >= FILES_MAX || total > bytesMax)
      throw new Error(`too many or too large static files in ${directory}`);
    const mediaType = MEDIA_TYPES[extname(entry.name)];
    if (mediaType === undefined) throw new Error(`a static file has no known media type: ${entry.name}`);
    const bytes = readFileSync(path);
    const tag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
    files.set(relative(directory, path).split(sep).join('/'), { bytes, mediaType, tag });
  }
  return files;
}
