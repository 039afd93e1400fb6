/**
 * Form posts: fields as an object of texts, a repeated field as a list. The forgery token is taken out before the
 * schema sees the body. Invariant: the object has no prototype, and the number of fields is bounded.
 */
import type { FastifyInstance } from 'fastify';
import { FORGERY_FIELD } from './forgery.ts';

const FIELDS_MAX = 500;

/** Makes a scope take forms. */
export function acceptForms(scope: FastifyInstance): void {
  scope.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (request, text, done) => {
      const fields = parseForm(text.toString());
      if (!fields) {
        done(Object.assign(new Error('too many fields'), { code: 'FST_ERR_CTP_BODY_TOO_LARGE' }));
        return;
      }
      const token = fields[FORGERY_FIELD];
      request.postedForgeryToken = typeof token === 'string' ? token : undefined;
      delete fields[FORGERY_FIELD];
      done(null, fields);
    },
  );
}

/** The fields of a form, or undefined when there are too many. */
function parseForm(text: string): Record<string, string | string[]> | undefined {
  const fields: Record<string, string | string[]> = Object.create(null);
  let count = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    if (++count > FIELDS_MAX) return undefined;
    const known = fields[name];
    if (known === undefined) fields[name] = value;
    else if (typeof known === 'string') fields[name] = [known, value];
    else known.push(value);
  }
  return fields;
}
