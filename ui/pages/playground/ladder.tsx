import { Button } from '../../kit/button.tsx';
import { seen } from '../../kit/seen.ts';
import { Clock } from '../../kit/time.tsx';
import type { Json, Said } from './wire.ts';

/** What a message is, in a few words. */
function titleOf({ method, id, result, error, params }: Json): string {
  if (method === 'notifications/progress') {
    const { progress, total, message } = (params ?? {}) as Json;
    return `progress ${progress}${total === undefined ? '' : ` of ${total}`}${message === undefined ? '' : `: ${message}`}`;
  }
  if (typeof method === 'string') return id === undefined ? method : `${method} (${id})`;
  if (error) return `error (${id}): ${(error as Json).message}`;
  const type = (result as Json | undefined)?.resultType;
  return `result (${id})${type === 'input_required' ? ': asks back' : ''}`;
}

/** Everything that passed, each message at its time; opened, it is whole. */
export function Ladder({ said, onClear }: { readonly said: readonly Said[]; readonly onClear: () => void }) {
  const progress = [...said].reverse().find(({ message }) => message.method === 'notifications/progress')
    ?.message.params as Json | undefined;
  return (
    <aside className="ladder stack" aria-label="The exchange">
      <div className="row apart">
        <h2>The exchange</h2>
        <Button action="ladder.clear" tone="link" onClick={onClear}>
          Clear
        </Button>
      </div>
      {progress && (
        <progress
          aria-label="Progress"
          value={Number(progress.progress)}
          max={Number(progress.total ?? progress.progress)}
        />
      )}
      <ol className="plain">
        {said.map(({ id, at, who, message }) => (
          <li key={id} className={who}>
            <details>
              <summary data-action="ladder.open">
                <span className="soft">
                  {who === 'you' ? '→' : '←'} <Clock at={at} />
                </span>{' '}
                <bdi>{seen(titleOf(message))}</bdi>
              </summary>
              <pre className="block" tabIndex={0}>
                {seen(JSON.stringify(message, null, 2))}
              </pre>
            </details>
          </li>
        ))}
      </ol>
      {said.length === 0 && <p className="soft">What passes between you and the gateway stands here.</p>}
    </aside>
  );
}
