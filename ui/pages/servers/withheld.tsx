import { mayChange } from '../../api/boot.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { Name } from '../../kit/parts.tsx';
import type { Server } from './server.tsx';

/** What a detector or somebody keeps from everybody, beside tools; nothing where there is none of it. */
export function Withheld({ server }: { readonly server: Server }) {
  const params = { id: server.id };
  const { data } = useRead('servers.withheld', { params });
  const giveBack = useAct('servers.switch-tools', { says: 'Everybody is shown it again.' });
  if (!data || (data.prompts.length === 0 && data.instructions === null)) return null;
  return (
    <section className="problem" aria-label="Withheld from everybody">
      <b>Nobody is shown this of the server</b>
      <ul className="plain timeline">
        {data.instructions !== null && (
          <li>
            What it says of itself: <Name>{data.instructions}</Name>{' '}
            {mayChange && (
              <Button
                action="withheld.let-speak"
                label="Tell everybody again what it says of itself"
                isBusy={giveBack.isPending}
                onClick={() => giveBack.mutate({ params, body: { instructions: true } })}
              >
                Tell it again
              </Button>
            )}
          </li>
        )}
        {data.prompts.map(prompt => (
          <li key={prompt}>
            Prompt <Name>{prompt}</Name>{' '}
            {mayChange && (
              <Button
                action="withheld.show-prompt"
                label={`Show the prompt ${prompt} to everybody again`}
                isBusy={giveBack.isPending}
                onClick={() => giveBack.mutate({ params, body: { prompts: { [prompt]: true } } })}
              >
                Show it again
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
