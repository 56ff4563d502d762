import { interactionPolicy as policies } from 'oidc-provider';

const { Check, Prompt } = policies;

/**
 * Each authorization passes through our page, which alone knows who is signed in and what was agreed to: it answers
 * with the account and the grant together. So `prompt=none` is always refused, as it must be where a page is needed.
 */
export function interactionPolicy(): policies.DefaultPolicy {
  const decided = new Check(
    'not_decided',
    'a decision of the person is needed',
    'login_required',
    context => {
      const result = context.oidc.result;
      return result?.login && result.consent ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT;
    },
  );
  const login = new Prompt({ name: 'login', requestable: true }, decided);
  const consent = new Prompt({ name: 'consent', requestable: true });
  return [login, consent] as unknown as policies.DefaultPolicy;
}
