/** Writes docs/lints.md from the rules. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { lintTable } from '@ishizue/jpki/testing';

writeFileSync(path.resolve(import.meta.dirname, '../../docs/lints.md'), await lintTable());
