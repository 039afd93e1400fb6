import assert from 'node:assert/strict';
import { test } from 'node:test';
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

type Json = { [key: string]: Json } & Json[] & string;

/** Every schema of the document with where it stands. */
function* schemasOf(node: Json, path: string, inSchema: boolean): Generator<{ path: string; schema: Json }> {
  if (typeof node !== 'object' || node === null) return;
  if (inSchema) {
    yield { path, schema: node };
    return;
  }
  for (const [key, value] of Object.entries(node)) {
    const under = `${path}/${key}`;
    if (key === 'schemas' && path === '#/components')
      for (const [name, schema] of Object.entries(value)) yield* schemasOf(schema, `${under}/${name}`, true);
    else yield* schemasOf(value, under, key === 'schema');
  }
}

test('the document is OpenAPI 3.1 whose schemas are JSON Schema 2020-12', async (t) => {
  const { ask } = await serveForTest(t, {}, mount);
  const got = await ask('GET', '/openapi.json');
  const document: Json = JSON.parse(got.text);
  assert.match(document['openapi'] ?? '', /^3\.1\.\d$/);
  assert.deepEqual(document['info'], { title: 'Test', version: '1.0.0' });
  const ajv = new Ajv2020({ strict: true, strictTypes: false, formats: { date: true } });
  let count = 0;
  for (const { path, schema } of schemasOf(document, '#', false)) {
    count += 1;
    assert.equal(ajv.validateSchema(schema), true, `${path}: ${JSON.stringify(ajv.errors)}`);
    assert.equal('nullable' in schema || 'example' in schema, false, `${path} is of OpenAPI 3.0`);
  }
  assert.ok(count > 10);
  // A reader of the document can compile a component and judge with it.
  const components = document['components']?.['schemas'] ?? {};
  const judge = ajv.compile({ $ref: '#/components/schemas/TestItem', components: { schemas: components } });
  assert.equal(judge({ id: 'a', when: '2026-01-01', note: null }), true, JSON.stringify(judge.errors));
  assert.equal(judge({ id: 'a', when: '2026-01-01', note: 5 }), false);
});

test('the check would see a schema of another draft', () => {
  assert.equal(new Ajv2020().validateSchema({ exclusiveMinimum: true }), false);
});

test('paths, parameters, operations and references fit together', async (t) => {
  const { ask } = await serveForTest(t, {}, mount);
  const document: Json = JSON.parse((await ask('GET', '/openapi.json')).text);
  const ids = new Set<string>();
  const paths = document['paths'] ?? {};
  assert.deepEqual(Object.keys(paths).sort(), [
    '/v1/form',
    '/v1/items',
    '/v1/items/{id}/parts/{part}',
    '/v1/rows',
  ]);
  for (const [path, methods] of Object.entries(paths))
    for (const operation of Object.values(methods)) {
      const declared = (operation['parameters'] ?? []) as Json[];
      const inPath = declared.filter((one) => one['in'] === 'path');
      assert.deepEqual(
        inPath.map((one) => one['name']).sort(),
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort(),
      );
      assert.ok(inPath.every((one) => one['required']));
      assert.ok(!ids.has(operation['operationId'] ?? ''), 'operation ids are unique');
      ids.add(operation['operationId'] ?? '');
      const responses = operation['responses'] ?? {};
      for (const response of Object.values(responses)) assert.equal(typeof response['description'], 'string');
      assert.deepEqual(Object.keys(responses['default']?.['content'] ?? {}), ['application/problem+json']);
    }
  const text = JSON.stringify(document);
  for (const [, pointer = ''] of text.matchAll(/"\$ref":"#([^"]+)"/g)) {
    const found = pointer
      .slice(1)
      .split('/')
      .reduce<Json | undefined>((node, step) => node?.[step], document);
    assert.ok(found, pointer);
  }
  assert.equal(document['components']?.['schemas']?.['TestUnused'], undefined);
});

test('every operation says who may call it', async (t) => {
  const { ask } = await serveForTest(t, {}, mount);
  const document: Json = JSON.parse((await ask('GET', '/openapi.json')).text);
  const paths = document['paths'];
  const roles = ['clerk', 'auditor'];
  assert.deepEqual(paths?.['/v1/items/{id}/parts/{part}']?.['get']?.['security'], [
    { sessionCookie: roles },
    { sessionToken: roles },
  ]);
  assert.deepEqual(paths?.['/v1/items']?.['post']?.['security'], [
    { sessionCookie: [] },
    { sessionToken: [] },
    { siteSignature: [] },
  ]);
  assert.deepEqual(paths?.['/v1/form']?.['post']?.['security'], []);
  const schemes = document['components']?.['securitySchemes'] ?? {};
  assert.deepEqual(Object.keys(schemes).sort(), ['sessionCookie', 'sessionToken', 'siteSignature']);
  assert.equal(schemes['sessionCookie']?.['name'], '__Host-ishizue-session');
});

test('bodies that are not JSON have their media types', async (t) => {
  const { ask } = await serveForTest(t, {}, mount);
  const document: Json = JSON.parse((await ask('GET', '/openapi.json')).text);
  const operation = (path: string, method: string) => document['paths']?.[path]?.[method];
  const mediaTypes = (node: Json | undefined): string[] => Object.keys(node?.['content'] ?? {});
  assert.deepEqual(mediaTypes(operation('/v1/rows', 'put')?.['requestBody']), [
    'text/csv',
    'application/x-ndjson',
  ]);
  assert.deepEqual(mediaTypes(operation('/v1/rows', 'put')?.['responses']?.['200']), [
    'application/x-ndjson',
  ]);
  assert.deepEqual(mediaTypes(operation('/v1/form', 'post')?.['requestBody']), [
    'application/x-www-form-urlencoded',
  ]);
  assert.deepEqual(mediaTypes(operation('/v1/form', 'post')?.['responses']?.['200']), ['text/html']);
  assert.deepEqual(mediaTypes(operation('/v1/items/{id}/parts/{part}', 'get')?.['responses']?.['204']), []);
});
