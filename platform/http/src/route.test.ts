import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fail, ok } from '@ishizue/outcome';
import { z } from 'zod';
import { answer, route } from './route.ts';
import type { HttpServer } from './server.ts';

const SITE = 'municipal/131016';

const getItem = route({
  method: 'GET',
  path: '/items/:id',
  summary: 'One item',
  tags: [],
  access: 'public',
  params: z.object({ id: z.string() }),
  responses: { 200: z.object({ id: z.string() }) },
  handler: ({ params }) => (params.id === '' ? fail('item-gone', 'gone') : ok({ id: params.id })),
});

test('a failure code without a status, a foreign actor, and an undeclared answer do not compile', () => {
  const planted = (server: HttpServer): void => {
    // @ts-expect-error the code item-gone has no status
    server.mount({ prefix: '', site: SITE, routes: [getItem], statuses: {} });
    route({
      method: 'GET',
      path: '/x',
      summary: 'x',
      tags: [],
      access: 'person',
      responses: { 200: z.object({ roles: z.array(z.string()) }) },
      // @ts-expect-error a person has no roles
      handler: ({ actor }) => ok({ roles: actor.roles }),
    });
    route({
      method: 'GET',
      path: '/x',
      summary: 'x',
      tags: [],
      access: 'public',
      responses: { 200: z.object({ a: z.number() }) },
      // @ts-expect-error the body is not of the declared schema
      handler: () => ok({ a: 'one' }),
    });
    route({
      method: 'GET',
      path: '/x',
      summary: 'x',
      tags: [],
      access: 'public',
      responses: { 200: z.object({ a: z.number() }) },
      // @ts-expect-error 201 is not declared
      handler: () => answer(201, { a: 1 }),
    });
  };
  assert.equal(typeof planted, 'function');
});
