/** Writes docs/procedures from the definitions, and the example into docs/adding-a-procedure.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { addingPage } from './adding-page.ts';
import { procedurePages } from './procedure-pages.ts';

const at = (file: string): string => path.resolve(import.meta.dirname, '../..', file);
for (const [file, text] of procedurePages) writeFileSync(at(file), text);
const page = at('docs/adding-a-procedure.md');
writeFileSync(page, addingPage(readFileSync(page, 'utf8')));
