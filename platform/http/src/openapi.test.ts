import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ok } from '@ishizue/outcome';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';
import { anyOf, operatorWith } from './access.ts';
import { empty, ndjson, page } from './response-content.ts';
import { answer, form, route } from './route.ts';
import { serveForTest } from './serve-for-test.ts';
import type { HttpServer } from './server.ts';
import { upload } from './upload.ts';

const item = z
  .object({
    id: z.string(),
    size: z.number().gt(0).optional(),
    when: z.iso.date(),
    note: z.string().nullable(),
  })
  .meta({ id: 'TestItem', description: 'An item' });
z.object({ unused: z.string() }).meta({ id: 'TestUnused' });

const routes = [
  route({
    method: 'GET',
    path: '/items/:id/parts/:part',
    summary: 'One part',
    tags: ['items'],
    access: operatorWith('clerk', 'auditor'),
    params: z.object({ id: z.string().length(8), part: z.coerce.number().int() }),
    query: z.object({ q: z.string().optional(), tag: z.union([z.string(), z.array(z.string())]).optional() }),
    responses: { 200: z.object({ items: z.array(item) }), 204: empty() },
    handler: () => answer(204, undefined),
  }),
  route({
    method: 'POST',
    path: '/items',
    summary: 'Store',
    tags: ['items'],
    access: anyOf('person', 'site'),
    body: item,
    responses: { 201: item },
    handler: ({ body }) => ok(body),
  }),
  route({
    method: 'POST',
    path: '/form',
    summary: 'Form',
    tags: ['pages'],
    access: 'public',
    body: form(z.object({ name: z.string() })),
    responses: { 200: page() },
    handler: () => {
      throw new Error('not called');
    },
  }),
  route({
    method: 'PUT',
    path: '/rows',
    summary: 'Rows',
    tags: ['items'],
    access: 'site',
    body: upload({ mediaTypes: ['text/csv', 'application/x-ndjson'], bytesMax: 1000 }),
    responses: { 200: ndjson(item, { linesMax: 10 }) },
    handler: () => {
      throw new Error('not called');
    },
  }),
] as const;

const mount = (server: HttpServer): void =>
  server.mount({ prefix: '/v1', site: 'national', routes, statuses: {} });

const contents = z.record(z.string(), z.object({ schema: z.unknown().optional() }));
const operationShape = z.object({
  operationId: z.string(),
  summary: z.string(),
  parameters: z
    .array(
      z.object({
        in: z.enum(['path', 'query', 'header']),
        name: z.string(),
        required: z.boolean().optional(),
      }),
    )
    .default([]),
  requestBody: z.object({ content: contents }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content: contents.optional() })),
  security: z.array(z.record(z.string(), z.array(z.string()))),
});
const documentShape = z.object({
  openapi: z.string(),
  info: z.object({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), operationShape)),
  components: z.object({
    schemas: z.record(z.string(), z.unknown()),
    securitySchemes: z.record(z.string(), z.object({ type: z.string(), name: z.string().optional() })),
  }),
});

async function documentOf(t: TestContext) {
  const { ask } = await serveForTest(t, {}, mount);
  const got = await ask('GET', '/openapi.json');
  assert.equal(got.status, 200, got.text);
  const whole: unknown = JSON.parse(got.text);
  return { whole, document: documentShape.parse(whole) };
}

/** Every schema of the document with where it stands. */
function* schemasOf(node: unknown, path: string): Generator<{ path: string; schema: object }> {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    const under = `${path}/${key}`;
    if (key === 'schema' || path === '#/components/schemas') yield { path: under, schema: value };
    else yield* schemasOf(value, under);
  }
}

test('the document is OpenAPI 3.1 whose schemas are JSON Schema 2020-12', async (t) => {
  const { whole, document } = await documentOf(t);
  assert.match(document.openapi, /^3\.1\.\d$/);
  assert.deepEqual(document.info, { title: 'Test', version: '1.0.0' });
  const ajv = new Ajv2020({ strict: true, strictTypes: false, formats: { date: true } });
  let count = 0;
  for (const { path, schema } of schemasOf(whole, '#')) {
    count += 1;
    assert.equal(ajv.validateSchema(schema), true, `${path}: ${JSON.stringify(ajv.errors)}`);
    assert.equal('nullable' in schema || 'example' in schema, false, `${path} is of OpenAPI 3.0`);
  }
  assert.ok(count > 10);
  // A reader of the document can compile a component and judge with it.
  ajv.addKeyword('components');
  ajv.addSchema(
    { $id: 'https://document.invalid/', components: document.components },
    undefined,
    false,
    false,
  );
  const judge = ajv.compile({ $ref: 'https://document.invalid/#/components/schemas/TestItem' });
  assert.equal(judge({ id: 'a', when: '2026-01-01', note: null }), true, JSON.stringify(judge.errors));
  assert.equal(judge({ id: 'a', when: '2026-01-01', note: 5 }), false);
});

test('the check would see a schema of another draft', () => {
  assert.equal(new Ajv2020().validateSchema({ exclusiveMinimum: true }), false);
});

test('paths, parameters, operations and references fit together', async (t) => {
  const { whole, document } = await documentOf(t);
  assert.deepEqual(Object.keys(document.paths).sort(), [
    '/v1/form',
    '/v1/items',
    '/v1/items/{id}/parts/{part}',
    '/v1/rows',
  ]);
  const ids: string[] = [];
  for (const [path, methods] of Object.entries(document.paths))
    for (const operation of Object.values(methods)) {
      const inPath = operation.parameters.filter((one) => one.in === 'path');
      assert.deepEqual(
        inPath.map((one) => one.name).sort(),
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => String(name)).sort(),
      );
      assert.ok(inPath.every((one) => one.required));
      ids.push(operation.operationId);
      assert.deepEqual(Object.keys(operation.responses['default']?.content ?? {}), [
        'application/problem+json',
      ]);
    }
  assert.equal(new Set(ids).size, ids.length, 'operation ids are unique');
  const references = [...JSON.stringify(whole).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
  assert.ok(references.length > 3);
  for (const [, name = ''] of references) assert.ok(name in document.components.schemas, name);
  assert.equal('TestUnused' in document.components.schemas, false);
});

test('every operation says who may call it', async (t) => {
  const { document } = await documentOf(t);
  const { paths, components } = document;
  const roles = ['clerk', 'auditor'];
  assert.deepEqual(paths['/v1/items/{id}/parts/{part}']?.['get']?.security, [
    { sessionCookie: roles },
    { sessionToken: roles },
  ]);
  assert.deepEqual(paths['/v1/items']?.['post']?.security, [
    { sessionCookie: [] },
    { sessionToken: [] },
    { siteSignature: [] },
  ]);
  assert.deepEqual(paths['/v1/form']?.['post']?.security, []);
  assert.deepEqual(Object.keys(components.securitySchemes).sort(), [
    'sessionCookie',
    'sessionToken',
    'siteSignature',
  ]);
  assert.equal(components.securitySchemes['sessionCookie']?.name, '__Host-ishizue-session');
});

test('bodies that are not JSON have their media types', async (t) => {
  const { document } = await documentOf(t);
  const operation = (path: string, method: string) => document.paths[path]?.[method];
  const mediaTypes = (node: { content?: object | undefined } | undefined) => Object.keys(node?.content ?? {});
  const rows = operation('/v1/rows', 'put');
  assert.deepEqual(mediaTypes(rows?.requestBody), ['text/csv', 'application/x-ndjson']);
  assert.deepEqual(mediaTypes(rows?.responses['200']), ['application/x-ndjson']);
  const posted = operation('/v1/form', 'post');
  assert.deepEqual(mediaTypes(posted?.requestBody), ['application/x-www-form-urlencoded']);
  assert.deepEqual(mediaTypes(posted?.responses['200']), ['text/html']);
  assert.deepEqual(mediaTypes(operation('/v1/items/{id}/parts/{part}', 'get')?.responses['204']), []);
});
