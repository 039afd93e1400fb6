/**
 * The OpenAPI 3.1 document, made from the schemas that parse requests and encode answers. Response bodies that are not
 * JSON, problems and who may call are described here, so that no route has to.
 */
import fastifySwagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Access, CallerAccess } from './access.ts';
import { PROBLEM_MEDIA_TYPE, problemSchema } from './problem.ts';
import type { ResponseContent } from './response-content.ts';
import { Form, type Route } from './route.ts';
import { Upload } from './upload.ts';

/** The names under which the document declares how callers are known. */
const SECURITY_SCHEMES = {
  sessionCookie: { type: 'apiKey', in: 'cookie', description: 'Session of a person or an operator' },
  sessionToken: { type: 'http', scheme: 'bearer', description: 'The same session for programs' },
  siteSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'Signature',
    description: 'HTTP Message Signature (RFC 9421) with the Ed25519 key of the calling site',
  },
} as const;

type SecurityRequirement = Readonly<Record<string, readonly string[]>>;

const CALLER_SECURITY = (caller: CallerAccess): SecurityRequirement[] => {
  if (caller === 'site') return [{ siteSignature: [] }];
  const roles = caller === 'person' || caller.operator === 'any' ? [] : [...caller.operator];
  return [{ sessionCookie: roles }, { sessionToken: roles }];
};

/** The security requirement of a route; the roles of operators are listed, as 3.1 allows. */
function securityOf(access: Access): readonly SecurityRequirement[] {
  if (access === 'public') return [];
  return typeof access === 'object' && 'anyOf' in access
    ? access.anyOf.flatMap(CALLER_SECURITY)
    : CALLER_SECURITY(access);
}

/** Starts collecting the routes that are registered after it. */
export function collectOpenApi(
  app: FastifyInstance,
  about: { readonly name: string; readonly version: string; readonly cookie: string },
): void {
  app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: about.name, version: about.version },
      components: {
        securitySchemes: {
          ...SECURITY_SCHEMES,
          sessionCookie: { ...SECURITY_SCHEMES.sessionCookie, name: about.cookie },
        },
      },
    },
    transform: (document) => {
      const transformed = jsonSchemaTransform(document);
      const streams = document.route.config?.streams;
      if (streams === undefined || !transformed.schema) return transformed;
      const binary = { type: 'string', contentMediaType: 'application/octet-stream' };
      return { ...transformed, schema: { ...transformed.schema, consumes: [...streams], body: binary } };
    },
    transformObject: jsonSchemaTransformObject,
  });
}

/** The document as text. Components that nothing refers to are left out: schemas are registered process-wide. */
export function openApiText(app: FastifyInstance): string {
  const document: Record<string, unknown> = { ...app.swagger() };
  const components = asRecord(document['components']);
  const schemas = asRecord(components['schemas']);
  const wanted = new Set<string>();
  const visit = (node: unknown): void => {
    for (const [, name = ''] of JSON.stringify(node).matchAll(/"#\/components\/schemas\/([^"/]+)"/g)) {
      if (wanted.has(name) || !(name in schemas)) continue;
      wanted.add(name);
      visit(schemas[name]);
    }
  };
  visit(document['paths']);
  const kept = Object.fromEntries(Object.entries(schemas).filter(([name]) => wanted.has(name)));
  return JSON.stringify({ ...document, components: { ...components, schemas: kept } });
}

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

/** What a route says of itself in Fastify's terms. */
export function fastifySchema(route: Route, path: string): FastifySchema {
  const body = route.body instanceof Form ? route.body.schema : route.body;
  return {
    summary: route.summary,
    tags: [...route.tags],
    operationId: operationId(route.method, path),
    security: securityOf(route.access).map((requirement) => ({ ...requirement })),
    ...(route.params ? { params: route.params } : {}),
    ...(route.query ? { querystring: route.query } : {}),
    ...(body && !(body instanceof Upload) ? { body } : {}),
    ...(route.body instanceof Form ? { consumes: ['application/x-www-form-urlencoded'] } : {}),
    response: {
      ...Object.fromEntries(
        Object.entries(route.responses).map(([status, spec]) => [status, describeResponse(spec)]),
      ),
      default: {
        description: 'A problem',
        content: { [PROBLEM_MEDIA_TYPE]: { schema: problemSchema } },
      },
    },
  };
}

function describeResponse(spec: z.ZodType | ResponseContent<never>): unknown {
  if (spec instanceof z.ZodType)
    return {
      description: spec.meta()?.description ?? 'Success',
      content: { 'application/json': { schema: spec } },
    };
  const [mediaType] = (spec.mediaType ?? '').split(';');
  if (!mediaType) return z.null().describe(spec.description); // how the generator is told "no content"

  return { description: spec.description, content: { [mediaType]: { schema: spec.item ?? z.string() } } };
}

/** `GET /persons/:id` is `get-persons-id`. */
const operationId = (method: string, path: string): string =>
  `${method} ${path}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/-$/, '');
