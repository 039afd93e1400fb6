/**
 * Rewrites `data/annex-1.tsv` from the text of 住民基本台帳法: `node make-annex-process.ts LAW_TEXT`. A new text of the act is a new
 * data file and a new version in provision-rules.ts; look at the difference before it is committed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { formatAnnex, readAnnex } from './read-annex.ts';

const [lawText] = process.argv.slice(2);
if (lawText === undefined) throw new Error('the path of the text of 住民基本台帳法 is needed');
writeFileSync(
  new URL('../../data/annex-1.tsv', import.meta.url),
  formatAnnex(readAnnex(readFileSync(lawText, 'utf8'))),
);
