/** A municipality's programs and its setting over HTTP, for an officer of the municipality. */
import { type Call, type OperatorActor, operatorWith, route } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import { z } from 'zod';
import type { LocalContext } from './local-context.ts';
import { LOCAL_AUTHENTICATION_OFFICER, type LocalOfficer } from './officer-act.ts';
import {
  type ChangeProgramFailure,
  changeProgram,
  listPrograms,
  PROGRAM_ACTS,
  type RegisterProgramFailure,
  registerProgram,
} from './programs/change-program.ts';
import { changeSetting, readSetting, STATUS_METHODS } from './setting.ts';

export const localOfficerStatuses = {
  'purpose-missing': 422,
  'verifier-name-invalid': 422,
  'program-name-invalid': 422,
  'program-key-unsuitable': 422,
  'program-known': 409,
  'program-unknown': 404,
  'program-state-refused': 409,
} as const satisfies Record<RegisterProgramFailure | ChangeProgramFailure | 'verifier-name-invalid', number>;

const TAGS = ['local-authentication'];
const access = operatorWith(LOCAL_AUTHENTICATION_OFFICER);
const state = z.enum(['active', 'suspended', 'ended']);
const acting = {
  purpose: z.string().max(500),
  terminal: z.string().regex(/^[0-9a-z-]{1,32}$/),
};
const name = z.string().max(40);
const settingView = z.object({ verifier: z.string(), method: z.enum(STATUS_METHODS) });

type OfficerCall = Pick<Call<unknown, unknown, unknown, OperatorActor>, 'actor' | 'correlation'>;

const officerOf = (
  { actor, correlation }: OfficerCall,
  { purpose, terminal }: Pick<LocalOfficer, 'purpose' | 'terminal'>,
): LocalOfficer => ({ operator: actor.operator, purpose, terminal, correlation });

/** The routes of one municipality; mount them with `localOfficerStatuses`. */
export const localOfficerRoutes = (context: LocalContext, municipality: string) =>
  [...settingRoutes(context, municipality), ...programRoutes(context, municipality)] as const;

function settingRoutes(context: LocalContext, municipality: string) {
  const read = route({
    method: 'GET',
    path: '/local-authentication/setting',
    summary: 'As which verifier the municipality asks the centre, and by what',
    tags: TAGS,
    access,
    responses: { 200: z.object({ setting: settingView.nullable() }) },
    handler: async () => ok({ setting: (await readSetting(context, municipality)) ?? null }),
  });
  const change = route({
    method: 'PUT',
    path: '/local-authentication/setting',
    summary: 'Say as which verifier the municipality asks the centre, and by OCSP or by lists',
    tags: TAGS,
    access,
    body: z.strictObject({ verifier: z.string().max(64), method: z.enum(STATUS_METHODS), ...acting }),
    responses: { 200: settingView },
    handler: ({ body, ...call }) => changeSetting(context, municipality, officerOf(call, body), body),
  });
  return [read, change] as const;
}

function programRoutes(context: LocalContext, municipality: string) {
  const list = route({
    method: 'GET',
    path: '/local-authentication/programs',
    summary: 'The programs that are or were registered',
    tags: TAGS,
    access,
    responses: {
      200: z.object({
        programs: z.array(
          z.object({ program: z.string(), state, registeredAt: z.iso.datetime(), fingerprint: z.string() }),
        ),
      }),
    },
    handler: async () => {
      const programs = await listPrograms(context, municipality);
      return ok({
        programs: programs.map((each) => ({ ...each, registeredAt: each.registeredAt.toISOString() })),
      });
    },
  });
  const register = route({
    method: 'POST',
    path: '/local-authentication/programs',
    summary: 'Register a program by its name and the key of its signed requests',
    tags: TAGS,
    access,
    body: z.strictObject({
      program: name,
      publicKey: z.string().max(1_000).meta({ description: 'Ed25519, in PEM' }),
      ...acting,
    }),
    responses: { 200: z.object({ program: z.string(), keyId: z.string() }) },
    handler: ({ body, ...call }) =>
      registerProgram(context, municipality, officerOf(call, body), {
        program: body.program,
        publicKeyPem: body.publicKey,
      }),
  });
  const act = route({
    method: 'POST',
    path: '/local-authentication/programs/acts',
    summary: 'Suspend a program, at once; let it ask again; end it for good',
    tags: TAGS,
    access,
    body: z.strictObject({ program: name, act: z.enum(PROGRAM_ACTS), ...acting }),
    responses: { 200: z.object({ program: z.string(), state }) },
    handler: async ({ body, ...call }) => {
      const changed = await changeProgram(context, municipality, officerOf(call, body), body);
      return changed.ok ? ok({ program: body.program, state: changed.value }) : changed;
    },
  });
  return [list, register, act] as const;
}
