/** Each rule is seen to fail: a small sound house, and in it one planted violation at a time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkHouse, formatViolations } from './check-house.ts';
import { buildHouse } from './house.ts';

type Texts = Readonly<Record<string, string>>;

const manifest = (name: string, ...dependencies: readonly string[]): string =>
  JSON.stringify({
    name,
    exports: { '.': './src/index.ts', './testing': './src/testing/index.ts' },
    dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, '*'])),
    devDependencies: { 'for-tests': '*' },
  });

const SOUND: Texts = {
  'package.json': JSON.stringify({ name: 'root', devDependencies: { 'fast-check': '*' } }),
  'package-lock.json': JSON.stringify({ packages: { 'node_modules/@i/db': { resolved: 'platform/db' } } }),
  'ARCHITECTURE.md': '- **Systems**: places ← people ← papers (read ← as "is used by").',
  'platform/db/package.json': manifest('@i/db', 'postgres'),
  'platform/db/src/index.ts': `export { a } from './a.ts';`,
  'platform/db/src/a.ts': `// holds no 住民票 itself\nimport postgres from 'postgres';`,
  'platform/db/src/testing/index.ts': `import { a } from '../a.ts';`,
  'platform/text/package.json': manifest('@i/text'),
  'platform/text/src/index.ts': `const column = '戸籍統一文字番号';`,
  'systems/places/package.json': manifest('@i/places', '@i/db'),
  'systems/places/src/index.ts': `import { a } from '@i/db';`,
  'systems/people/package.json': manifest('@i/people', '@i/db', '@i/places'),
  'systems/people/src/index.ts': `import { p } from '@i/places'; const folder = new URL('../migrations/', import.meta.url);`,
  'systems/people/src/people.test.ts': `import { t } from '@i/db/testing'; import fc from 'fast-check'; import 'for-tests';`,
  'systems/papers/package.json': manifest('@i/papers', '@i/people'),
  'systems/papers/src/index.ts': `import type { P } from '@i/people';`,
  'apps/server/package.json': manifest('@i/server', '@i/people', '@i/papers'),
  'apps/server/src/index.ts': `import { serve } from './serve.ts';`,
  'apps/server/src/serve.ts': `import { q } from '@i/papers'; await import(process.argv[2]);`,
  'tests/package.json': manifest('@i/tests', '@i/server'),
  'tests/journeys/all.ts': `import { serve } from '@i/server';`,
  'tools/test.ts': `import { t } from '@i/db/testing';`,
};

/** The violations of the sound house with other texts in it, as `place rule`. */
function violationsWith(planted: Texts): readonly string[] {
  const house = buildHouse(new Map(Object.entries({ ...SOUND, ...planted })));
  return checkHouse(house).map(({ place, rule }) => `${place} ${rule}`);
}

test('the sound house has no violation', () => {
  assert.deepEqual(violationsWith({}), []);
});

test('an import that package.json does not declare is found, dynamic and type-only ones too', () => {
  for (const text of [
    `import { x } from '@i/text';`,
    `import type { X } from '@i/text';`,
    `type X = import('@i/text').X;`,
    `await import('@i/text');`,
    `export * from '@i/text';`,
    `import left from 'left-pad';`,
    `import fs from 'fs';`,
  ])
    assert.deepEqual(
      violationsWith({ 'systems/people/src/x.ts': text }),
      ['systems/people/src/x.ts:1 declared-imports'],
      text,
    );
});

test('product code that imports what is declared for tests only is found', () => {
  for (const name of ['for-tests', 'fast-check'])
    assert.deepEqual(violationsWith({ 'systems/people/src/x.ts': `\nimport '${name}';` }), [
      'systems/people/src/x.ts:2 declared-imports',
    ]);
});

test('an arrow from platform to systems, from systems to apps, or to the tests is found', () => {
  const arrows: readonly (readonly [string, string])[] = [
    ['platform/text', '@i/places'],
    ['systems/papers', '@i/server'],
    ['apps/server', '@i/tests'],
  ];
  for (const [folder, name] of arrows) {
    const found = violationsWith({ [`${folder}/src/x.ts`]: `import type { X } from '${name}';` });
    assert.ok(found.includes(`${folder}/src/x.ts:1 layer-direction`), folder);
  }
});

test('a declared arrow against the direction is found though nothing uses it yet', () => {
  assert.deepEqual(violationsWith({ 'platform/text/package.json': manifest('@i/text', '@i/papers') }), [
    'platform/text/package.json layer-direction',
  ]);
});

test('a system that uses one to its right in the drawing is found, in tests too', () => {
  const text = `import { x } from '@i/papers';`;
  for (const file of ['systems/places/src/x.ts', 'systems/places/src/x.test.ts'])
    assert.ok(violationsWith({ [file]: text }).includes(`${file}:1 systems-drawing`), file);
  const declared = { 'systems/places/package.json': manifest('@i/places', '@i/db', '@i/people') };
  assert.ok(violationsWith(declared).includes('systems/places/package.json systems-drawing'));
});

test('the drawing is the rule: turned round, the same code is wrong', () => {
  const turned = { 'ARCHITECTURE.md': '**Systems**: papers ← people ← places' };
  assert.deepEqual(violationsWith(turned), [
    'systems/people/src/index.ts:1 systems-drawing',
    'systems/people/package.json systems-drawing',
    'systems/papers/src/index.ts:1 systems-drawing',
    'systems/papers/package.json systems-drawing',
  ]);
});

test('a system that is not drawn, one that is only drawn, and a page without drawing are found', () => {
  const drawings = ['**Systems**: places ← people', '**Systems**: places ← people ← papers ← moon', 'none'];
  for (const drawing of drawings)
    assert.ok(violationsWith({ 'ARCHITECTURE.md': drawing }).includes('ARCHITECTURE.md systems-drawing'));
});

test('an import past a door is found: a deep one, a relative one, a place on the machine', () => {
  for (const specifier of [
    '@i/places/src/index.ts',
    '@i/places/package.json',
    '../../places/src/index.ts',
    '../../../systems/places/src/index.ts',
    '../../../../elsewhere.ts',
    '/srv/places.ts',
    'file:///srv/places.ts',
  ])
    assert.ok(
      violationsWith({ 'systems/people/src/x.ts': `await import('${specifier}');` }).includes(
        'systems/people/src/x.ts:1 doors',
      ),
      specifier,
    );
});

test('a launcher reaches the tools by path, and nothing else', () => {
  const launcher = 'apps/server/bin/server.mjs';
  assert.deepEqual(violationsWith({ [launcher]: `import '../../../tools/start.mjs';` }), []);
  for (const path of ['../../../systems/people/src/index.ts', '../../../tests/journeys/all.ts'])
    assert.deepEqual(violationsWith({ [launcher]: `import '${path}';` }), [`${launcher}:1 doors`]);
  assert.deepEqual(violationsWith({ 'apps/server/src/x.ts': `import '../../../tools/start.mjs';` }), [
    'apps/server/src/x.ts:1 doors',
  ]);
});

test('a path in a string that leaves the package is found, one that stays is not', () => {
  const file = 'apps/server/src/deep/x.ts';
  const leaves = { [file]: `spawn(new URL('../../../signer/src/main.ts', import.meta.url));` };
  assert.deepEqual(violationsWith(leaves), [`${file}:1 doors`]);
  assert.deepEqual(violationsWith({ [file]: `new URL('../../bin/x.mjs', import.meta.url)` }), []);
});

test('product code that imports test code is found, of its own package and through a door', () => {
  for (const specifier of ['./people.test.ts', './testing/index.ts', '@i/db/testing'])
    assert.deepEqual(
      violationsWith({ 'systems/people/src/x.ts': `import '${specifier}';` }),
      ['systems/people/src/x.ts:1 doors'],
      specifier,
    );
});

test('a computed import is found where it could hide an arrow', () => {
  assert.deepEqual(violationsWith({ 'systems/people/src/x.ts': 'await import(`@i/${name}`);' }), [
    'systems/people/src/x.ts:1 doors',
  ]);
});

test('a cycle among files is found, over type-only imports and over a door', () => {
  const two = {
    'platform/text/src/b.ts': `import type { C } from './c.ts';`,
    'platform/text/src/c.ts': `import { b } from './b.ts';`,
  };
  assert.deepEqual(violationsWith(two), ['platform/text/src/b.ts cycles']);
  const itself = { 'platform/text/src/b.ts': `export * from './b.ts';` };
  assert.deepEqual(violationsWith(itself), ['platform/text/src/b.ts cycles']);
});

test('a cycle among packages of one layer is found, but not one that only tests close', () => {
  const text = { 'platform/text/package.json': manifest('@i/text', '@i/db') };
  const back = `import '@i/text';`;
  assert.deepEqual(
    violationsWith({ ...text, 'platform/db/package.json': manifest('@i/db', 'postgres', '@i/text') }),
    ['platform/db cycles'],
  );
  assert.deepEqual(violationsWith({ ...text, 'platform/db/src/x.test.ts': back }), [
    'platform/db/src/x.test.ts:1 declared-imports',
  ]);
});

test('a business word of the platform is found in names, texts and SQL, not in comments or tests', () => {
  for (const text of ['const residentCode = 1;', `const label = '個人番号';`, 'type Household_ = 1;'])
    assert.deepEqual(
      violationsWith({ 'platform/db/src/x.ts': `\n\n${text}` }),
      ['platform/db/src/x.ts:3 platform-words'],
      text,
    );
  assert.deepEqual(
    violationsWith({
      'platform/db/migrations/0001-x.sql': '-- a municipality\nCREATE TABLE t (municipality_code text);',
    }),
    ['platform/db/migrations/0001-x.sql:2 platform-words'],
  );
  const comment = '/** 住民基本台帳法 第12条: the resident sees it. */\nconst a = 1; // a municipality';
  assert.deepEqual(violationsWith({ 'platform/db/src/x.ts': comment }), []);
  assert.deepEqual(violationsWith({ 'platform/db/src/x.test.ts': `const resident = '住民';` }), []);
});

test('product code that names a folder of a machine or beside the repository is found, also in a comment', () => {
  // put together here, so that this file names none
  for (const place of ['/'.concat('work/x'), ['..', 'shared'].join('/'), '/'.concat('root/x')])
    assert.ok(
      violationsWith({ 'apps/server/src/x.ts': `// see ${place}/law.md` }).includes(
        'apps/server/src/x.ts:1 machine-places',
      ),
      place,
    );
  assert.deepEqual(violationsWith({ 'apps/server/src/x.ts': `get('/network/x', '/a/home/you/')` }), []);
});

test('the host of a package registry is found in any text, any address in the lockfile', () => {
  const host = ['registry', 'npmjs', 'org'].join('.');
  assert.deepEqual(violationsWith({ 'docs/install.md': `# Install\nfrom https://${host}/` }), [
    'docs/install.md:2 machine-places',
  ]);
  const resolved = 'https://mirror.example/left-pad.tgz';
  const lockfile = JSON.stringify({ packages: { 'node_modules/left-pad': { resolved } } });
  assert.deepEqual(violationsWith({ 'package-lock.json': lockfile }), ['package-lock.json machine-places']);
});

test('a violation is told on one line with its place', () => {
  const violations = [{ rule: 'doors', place: 'a.ts:1', says: 'no' }];
  assert.equal(formatViolations(violations), 'a.ts:1  doors: no\n');
});
