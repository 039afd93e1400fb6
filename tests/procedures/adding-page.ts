/** docs/adding-a-procedure.md with the example as it is in its file, so that what the page shows is what the test runs. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const EXAMPLE = readFileSync(path.join(import.meta.dirname, 'adviser-visit.ts'), 'utf8');

/** The page with its block of code taken from the example. */
export const addingPage = (page: string): string =>
  page.replace(/```ts\n[\s\S]*?```/, () => `\`\`\`ts\n${EXAMPLE}\`\`\``);
