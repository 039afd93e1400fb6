/**
 * The paths under which a log is served: C2SP tlog-tiles, "APIs". Numbers are written in groups of three digits, all but
 * the last with an `x` before them, and in one way only: another spelling is refused.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { requireCount } from './ranges.ts';
import { TILE_WIDTH } from './tiles.ts';

/** What a path names; `width` is 256 where it names a full tile or bundle. */
export type LogResource =
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'tile'; readonly level: number; readonly n: number; readonly width: number }
  | { readonly kind: 'entries'; readonly n: number; readonly width: number };

const LEVEL_MAX = 63;
const PATH =
  /^tile\/(?<level>entries|0|[1-9]\d?)\/(?<n>(?:x\d{3}\/){0,5}\d{3})(?:\.p\/(?<width>[1-9]\d{0,2}))?$/;

function encodeNumber(n: number): string {
  requireCount(n, 'tile number');
  const digits = String(n);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/\d{3}/g) ?? [];
  return groups.map((group, index) => (index < groups.length - 1 ? `x${group}` : group)).join('/');
}

/** The path below the log's prefix, without a slash before it: `checkpoint`, `tile/0/x001/234.p/5`. */
export function logPath(resource: LogResource): string {
  if (resource.kind === 'checkpoint') return 'checkpoint';
  const { n, width } = resource;
  if (!Number.isInteger(width) || width < 1 || width > TILE_WIDTH)
    throw new Error(`not a tile's width: ${width}`);
  const level = resource.kind === 'entries' ? 'entries' : String(resource.level);
  return `tile/${level}/${encodeNumber(n)}${width < TILE_WIDTH ? `.p/${width}` : ''}`;
}

/** What a path below the log's prefix (without a slash before it) names. */
export function parseLogPath(path: string): Result<LogResource, 'path-malformed'> {
  if (path === 'checkpoint') return ok({ kind: 'checkpoint' });
  const groups = PATH.exec(path)?.groups;
  const number = groups?.['n'];
  const level = groups?.['level'];
  if (number === undefined || level === undefined) return fail('path-malformed', 'not a path of a log');
  const n = Number(number.replaceAll(/[x/]/g, ''));
  const width = Number(groups?.['width'] ?? TILE_WIDTH);
  if (!Number.isSafeInteger(n) || encodeNumber(n) !== number)
    return fail('path-malformed', 'the number has groups that it does not need, or is too great');
  if (width > TILE_WIDTH - 1 && groups?.['width'] !== undefined)
    return fail('path-malformed', 'a partial tile has 1 to 255 hashes');
  if (level === 'entries') return ok({ kind: 'entries', n, width });
  if (Number(level) > LEVEL_MAX) return fail('path-malformed', 'levels go from 0 to 63');
  return ok({ kind: 'tile', level: Number(level), n, width });
}
