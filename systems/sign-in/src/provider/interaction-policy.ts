/** When the protocol asks the person: the library's own checks, and one before them, for what the card's end has ended. */
import { interactionPolicy } from 'oidc-provider';

const { Check, base } = interactionPolicy;

/** A session whose act is over has an account no more: without this check the library would go on without one. */
export function cardPolicy(): ReturnType<typeof base> {
  const policy = base();
  const overCheck = new Check('act_over', 'the sign-in has ended', 'login_required', ({ oidc }) =>
    oidc.session?.accountId !== undefined && oidc.account === undefined
      ? Check.REQUEST_PROMPT
      : Check.NO_NEED_TO_PROMPT,
  );
  policy.get('login')?.checks.add(overCheck, 0);
  return policy;
}
