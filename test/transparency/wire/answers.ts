import { member, parsed, tryText } from '../json-text.ts';

/** What the client answers when it is asked; `odd`: what nobody expects. */
export type Manner = 'accept' | 'decline' | 'odd' | 'error';

const ANSWERS: Readonly<Record<string, string>> = {
  'elicitation/create':
    '{"action":"accept", "content":{"name":"Ada ✓","weight":1.10,"confirm":true},"x-unknown":[1.0]}',
  'sampling/createMessage':
    '{"role":"assistant","content":{"type":"text","text":"Paris"}, "model":"none","stopReason":"endTurn","x-unknown":1187563421998473216}',
  'roots/list': '{"roots":[{"uri":"file:///home/a%20b","name":"home", "x-unknown":1.0}]}',
};

export function answerTo(method: string, manner: Manner): string {
  if (manner === 'decline' && method === 'elicitation/create') return '{"action":"decline"}';
  if (manner === 'odd')
    return '{"action":"accept","content":{"n":1e2,"deep":{"a":[0.10,-0]}},"_meta":{"x":1.0}}';
  return ANSWERS[method] ?? '{}';
}

/** The members that a retry adds; undefined when nothing is asked. */
export function nextRound(answer: string, manner: Manner): string | undefined {
  const result = member(tryText(answer), 'result');
  if (parsed(member(result, 'resultType')) !== 'input_required') return undefined;
  const requests = member(result, 'inputRequests');
  const state = member(result, 'requestState');
  const responses =
    requests?.kind === 'object'
      ? requests.members.map(
          ([key, one]) => `${JSON.stringify(key)}:${answerTo(String(parsed(member(one, 'method'))), manner)}`,
        )
      : undefined;
  const more = [
    ...(responses ? [`"inputResponses":{${responses.join(', ')}}`] : []),
    ...(state ? [`"requestState":${state.text}`] : []),
  ];
  return `,${more.join(',')}`;
}
