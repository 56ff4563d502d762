import { useEffect, useState } from 'react';
import { boot } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useRead } from '../../api/use.ts';
import { Choice, Name } from '../../kit/parts.tsx';
import { seen } from '../../kit/seen.ts';
import { State } from '../../kit/state.tsx';
import { useParams } from '../../shell/place.ts';

const WAIT_MS = 250;

/** What was typed, once nobody types any more. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), WAIT_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

function Chain({ found }: { readonly found: Answer<'explain'> }) {
  return (
    <div className="explained" role="status">
      <p className="verdict-line">
        <State level={found.allowed ? 'ok' : 'bad'}>{found.allowed ? 'Yes.' : 'No.'}</State> {found.says}
      </p>
      <p className="soft">
        <Name>{found.user}</Name> is {found.role === 'user' ? 'a user' : `an ${found.role}`}; the tool{' '}
        <code>
          <Name>{found.name}</Name>
        </code>{' '}
        of <Name>{found.server}</Name> is{' '}
        {found.tier === 'read' ? 'one that reads' : `of the tier ${found.tier}`}
        {found.listed ? '.' : ', and the server does not list it.'}
      </p>
      {found.rules.length > 0 && (
        <ol className="chain">
          {found.rules.map(rule => (
            <li key={rule.id} className={rule.id === found.rule?.id ? 'decides' : undefined}>
              <State level={rule.effect === 'allow' ? 'ok' : 'bad'}>{rule.effect}</State>{' '}
              <Name>{rule.says.replace(/^\w+ /, '')}</Name>
              <span className="soft">
                {rule.id === found.rule?.id ? ' · decides' : ''}
                {rule.source === 'file' ? ' · configuration file' : ''}
              </span>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function Found({ user, tool, client }: { user: string; tool: string; client: string }) {
  const query = { user, tool, ...(client !== '' && { client }) };
  const found = useRead('explain', { query }, { isOff: user === '' || tool === '' });
  if (user === '' || tool === '')
    return <p className="soft">Name a person and a tool as it is called on /mcp, such as web_echo.</p>;
  if (found.error) return <p role="status">{found.error.message.replace(/^\w+: /, '')}</p>;
  return found.data ? <Chain found={found.data} /> : null;
}

/** Can somebody call something? One sentence, with the rules that have a say. */
export function ExplainBar() {
  const [params, set] = useParams();
  const at = (name: string) => params.get(name) ?? '';
  const people = useRead('users.list', { query: {} }).data ?? [];
  const clients = useRead('oauth-clients.list', {}).data ?? [];
  const known = useRead('users.catalogue', { params: { id: boot.id } }).data ?? [];
  const [user, tool] = [useSettled(at('user')), useSettled(at('tool'))];
  return (
    <section className="panel explain" aria-label="Explain">
      <div className="ask">
        <span>Can</span>
        <input
          data-action="explain.user"
          data-filter
          aria-label="Person"
          placeholder="alice"
          list="explain-people"
          value={at('user')}
          onChange={event => set({ user: event.target.value }, 'within')}
        />
        <span>call</span>
        <input
          data-action="explain.tool"
          aria-label="Tool"
          placeholder="web_echo"
          className="code"
          list="explain-tools"
          value={at('tool')}
          onChange={event => set({ tool: event.target.value }, 'within')}
        />
        <span>through</span>
        <Choice
          label="Client"
          action="explain.client"
          now={at('client')}
          options={[
            ['', 'any client'],
            ...clients.map(
              one => [one.client_id, seen(one.client_name ?? one.client_id).slice(0, 40)] as const,
            ),
          ]}
          onChoose={client => set({ client })}
        />
        <span>?</span>
      </div>
      <datalist id="explain-people">
        {people.slice(0, 500).map(({ id, username }) => (
          <option key={id} value={username} />
        ))}
      </datalist>
      <datalist id="explain-tools">
        {known
          .flatMap(({ tools }) => tools)
          .slice(0, 500)
          .map(({ exposed }) => (
            <option key={exposed} value={exposed} />
          ))}
      </datalist>
      <Found user={user} tool={tool} client={at('client')} />
    </section>
  );
}
