/** The boundaries part of `npm run check`: prints every violation of the repository and exits 1 if there is one. */
import path from 'node:path';
import { checkHouse, formatViolations } from './check-house.ts';
import { readHouse } from './read-house.ts';

const house = readHouse(path.resolve(import.meta.dirname, '../..'));
const violations = checkHouse(house);
process.stdout.write(formatViolations(violations));
const files = house.packages.reduce((sum, { files: own }) => sum + own.length, 0);
process.stdout.write(
  `${violations.length} violations in ${house.packages.length} packages, ${files} files\n`,
);
process.exitCode = violations.length === 0 ? 0 : 1;
