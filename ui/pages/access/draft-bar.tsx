import { useState } from 'react';
import { useRead } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { plural } from '../../kit/figures.ts';
import { Problem } from '../../kit/forms/field.tsx';
import { Name } from '../../kit/parts.tsx';
import type { Draft } from './draft.ts';

/** What the draft would do, before it is saved. */
export function DraftBar({ draft }: { readonly draft: Draft }) {
  const [isOpen, setOpen] = useState(false);
  const body = { add: draft.add, remove: draft.remove };
  const effect = useRead('grants.preview', { body }, { isOff: draft.isEmpty });
  if (draft.isEmpty) return null;
  const shown = effect.isPlaceholderData ? undefined : effect.data;
  return (
    <section className="draft-bar" aria-label="Changes that are not saved">
      <div className="row apart">
        <p role="status">
          <b>{shown?.says ?? 'Computing what it would do'}</b>{' '}
          <span className="soft">{plural(draft.add.length + draft.remove.length, 'change')} not saved.</span>
        </p>
        <div className="row">
          <Button action="draft.who" tone="link" isPressed={isOpen} onClick={() => setOpen(!isOpen)}>
            Who and what
          </Button>
          <Button action="draft.clear" onClick={draft.clear}>
            Forget the changes
          </Button>
          <Button
            action="draft.save"
            tone="main"
            isBusy={draft.isSaving}
            isOff={shown === undefined}
            onClick={() => draft.save(shown?.effect ?? '')}
          >
            Save
          </Button>
        </div>
      </div>
      {draft.refused?.changed ? (
        <p className="problem" role="alert">
          Somebody else changed rules, people or servers meanwhile, so nothing was saved. Your changes are
          still here; above stands what they would do now.
        </p>
      ) : (
        <Problem refused={draft.refused ?? effect.error} />
      )}
      {isOpen && (
        <ul className="plain lines">
          {effect.data?.people.map(one => (
            <li key={one.id}>
              <Name>{one.username}</Name>
              {one.gains_count > 0 && (
                <span>
                  {' '}
                  gains <Name>{one.gains.join(', ')}</Name>
                </span>
              )}
              {one.loses_count > 0 && (
                <span>
                  {' '}
                  loses <Name>{one.loses.join(', ')}</Name>
                </span>
              )}
              {one.gains_servers.length > 0 && (
                <span className="soft"> · reaches {one.gains_servers.join(', ')} now</span>
              )}
              {one.loses_servers.length > 0 && (
                <span className="soft"> · reaches {one.loses_servers.join(', ')} no more</span>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
