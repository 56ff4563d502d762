import { useEffect, useState } from 'react';
import { type Answer, call, Refused } from '../../../api/client.ts';
import { Name } from '../../../kit/parts.tsx';
import { State } from '../../../kit/state.tsx';

type Understood = Answer<'servers.import'>;

const PAUSE_MS = 350;

/** What will be added, before it is. */
export function Preview({ understood }: { readonly understood: Understood }) {
  const { added, refused, warnings } = understood;
  return (
    <ul className="plain ticks">
      {added.map(({ id, name, type, url, command, auth, env_names, header_names }) => (
        <li key={id || name}>
          <State level="ok" />
          <span>
            <Name>{name}</Name>{' '}
            <span className="soft">
              <bdi>{url ?? command?.join(' ')}</bdi>
              {type === 'sse' && ', the older transport'}
              {auth.kind !== 'none' && `, with ${auth.kind}`}
              {header_names.length > 0 && `, with the headers ${header_names.join(', ')}`}
              {env_names.length > 0 && `, with ${env_names.join(', ')}`}
            </span>
          </span>
        </li>
      ))}
      {refused.map(({ name, field, message }) => (
        <li key={name}>
          <State level="bad" />
          <span>
            <Name>{name}</Name> <bdi className="bad-text">{message.replace(`${field}: `, '')}</bdi>
          </span>
        </li>
      ))}
      {warnings.map(text => (
        <li key={text}>
          <State level="warn" />
          <bdi>{text}</bdi>
        </li>
      ))}
    </ul>
  );
}

/** What the gateway understands of a text, while it is typed. */
export function useUnderstood(
  text: string,
  name: string,
): { readonly understood: Understood | undefined; readonly wrong: string | undefined } {
  const [now, setNow] = useState<{ understood: Understood | undefined; wrong: string | undefined }>({
    understood: undefined,
    wrong: undefined,
  });
  useEffect(() => {
    if (text.trim() === '') return setNow({ understood: undefined, wrong: undefined });
    const aborted = new AbortController();
    const timer = setTimeout(() => {
      const body = { text, preview: true, ...(name !== '' && { name }) };
      call('servers.import', { body }, aborted.signal).then(
        understood => setNow({ understood, wrong: undefined }),
        (thrown: unknown) => {
          if (thrown instanceof Refused)
            setNow({ understood: undefined, wrong: thrown.message.replace(/^(text|name): /, 'The $1 ') });
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      aborted.abort();
    };
  }, [text, name]);
  return now;
}
