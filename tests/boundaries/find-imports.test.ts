import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findImports } from './find-imports.ts';
import { scanSource } from './scan-source.ts';

const specifiersIn = (text: string): readonly (string | undefined)[] =>
  findImports(text).map(({ specifier }) => specifier);

test('every form of import and re-export is found', () => {
  const forms: Readonly<Record<string, string>> = {
    named: `import { a, type B as C } from 'x';`,
    star: `import * as x from "x";`,
    default: `import x, { y } from 'x';`,
    effect: `import 'x';`,
    type: `import type { A } from 'x';`,
    'type star': `import type * as A from 'x';`,
    'named type': `import { type } from 'x';`,
    attributes: `import x from 'x' with { type: 'json' };`,
    'over lines': `import {\n  a, // the first\n  b,\n} from\n 'x'`,
    're-export': `export { a, type B } from 'x';`,
    're-export of types': `export type { B } from 'x';`,
    'all of it': `export * from 'x';`,
    'all of it, named': `export * as x from 'x';`,
    'string name': `export { a as 'b c' } from 'x';`,
    dynamic: `const x = await import('x');`,
    'dynamic with options': `import('x', { with: { type: 'json' } })`,
    'dynamic template': 'import(`x`)',
    'import type': `type A = import('x').A<B>;`,
    'in a substitution': `\`\${(await import('x')).a}\``,
    require: `const x = require('x');`,
    'resolve of require': `require.resolve('x')`,
    'resolve of a module': `import.meta.resolve('x')`,
    'after a division': `const a = b / c; import('x'); d / e`,
    'after a pattern': `if (a) /'/.test(b); import('x')`,
    'after a pattern with a class': `a.replace(/[/'"]/g, ''); import('x')`,
    'after a nested template': `\`a \${\`b \${{ c: '}' }.c}\`} '\`; import('x')`,
  };
  for (const [form, text] of Object.entries(forms)) assert.deepEqual(specifiersIn(text), ['x'], form);
});

test('a computed import is found, without a specifier', () => {
  assert.deepEqual(specifiersIn('import(name)'), [undefined]);
  assert.deepEqual(specifiersIn(`import('a' + b)`), [undefined]);
  assert.deepEqual(specifiersIn('import(`./${name}.ts`)'), [undefined]);
});

test('what only looks like an import is none', () => {
  const others = [
    `// import 'x'`,
    `/* import 'x' */`,
    `const a = "import 'x'";`,
    `const a = \`import 'x'\`;`,
    `const a = /import 'x'/;`,
    `module.import('x'); this.require('x');`,
    `const verbs = { import: () => load() };`,
    `export const from = 'x';`,
    `export function from() { return 'x'; }`,
    `export { a }; const from = 'x';`,
    'import.meta.dirname',
  ];
  for (const text of others) assert.deepEqual(specifiersIn(text), [], text);
});

test('an import has the line on which it begins', () => {
  const text = `/* one\n two */\nimport a from 'a';\nconst b = \`\n\n\`;\nimport {\n  c,\n} from 'c';`;
  assert.deepEqual(findImports(text), [
    { specifier: 'a', line: 3 },
    { specifier: 'c', line: 7 },
  ]);
});

test('a source that ends inside a literal or comment is scanned to its end', () => {
  for (const text of [`'a`, '"a', '`a', '`a ${b', '/* a', '/a', 'a = {', '`${`'])
    assert.ok(scanSource(text).length <= text.length, text);
});
