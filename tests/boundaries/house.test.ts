import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { checkHouse, formatViolations } from './check-house.ts';
import { readHouse } from './read-house.ts';

const house = readHouse(path.resolve(import.meta.dirname, '../..'));

test('the house keeps its boundaries', () => {
  const violations = checkHouse(house);
  if (violations.length > 0) assert.fail(`\n${formatViolations(violations)}`);
});

test('what is checked is the whole house', () => {
  const folders = house.packages.map(({ folder }) => folder);
  for (const folder of ['platform/db', 'systems/registry', 'apps/server', 'tests', 'tools'])
    assert.ok(folders.includes(folder), folder);
  for (const { folder, doors, files, layer } of house.packages)
    if (layer === 'platform' || layer === 'systems')
      for (const door of doors.values())
        assert.ok(
          files.some(({ path: file }) => file === door),
          `${folder} has no ${door}`,
        );
  const imports = house.packages.flatMap(({ files }) => files.flatMap((file) => file.imports));
  assert.ok(imports.length > 1000, `only ${imports.length} imports were read`);
});
