/** A support measure for tests of what goes by it: applied for, an opinion heard, granted, and told to all concerned. */
import { dateInTokyo } from '@ishizue/clock';
import { mustSucceed } from '@ishizue/outcome';
import type { Access } from '../access.ts';
import type { RegistryContext } from '../registry-context.ts';
import { applyForSupport, recordSupportStep } from '../support/record-support-step.ts';

const OFFICER: Access = {
  actorKind: 'operator',
  actor: 'o-support',
  terminal: 't-1',
  article: '住民基本台帳法 第12条',
  affair: 'support-measure',
  correlation: 'test',
};

/** Grants a measure of today for a current resident; answers its id. */
export async function grantSupport(
  country: { readonly context: RegistryContext; settle(): Promise<void> },
  municipality: string,
  residentCode: string,
): Promise<string> {
  const { context } = country;
  const on = dateInTokyo(context.clock.now());
  const request = (name: string) => ({
    municipality,
    access: OFFICER,
    requestId: `${name}-${residentCode}-${context.clock.now()}`,
  });
  const applied = await applyForSupport(context, request('apply'), {
    act: 'apply',
    on,
    residentCode,
    included: [],
    kind: 'domestic-violence',
    abusers: [{ name: '石川　一郎', birthDate: null }],
    tell: [],
  });
  const { measureId } = mustSucceed(applied, 'application');
  const opinion = { act: 'opinion', body: 'police', givenOn: on, finding: 'needed' } as const;
  mustSucceed(await recordSupportStep(context, request('opinion'), measureId, opinion), 'opinion');
  mustSucceed(await recordSupportStep(context, request('grant'), measureId, { act: 'grant', on }), 'grant');
  await country.settle();
  return measureId;
}
