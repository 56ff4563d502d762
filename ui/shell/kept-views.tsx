import { useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import type { Answer } from '../api/client.ts';
import { useAct, useRead } from '../api/use.ts';
import { Button, Go } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Form, TextField } from '../kit/forms/form.tsx';
import { useForm } from '../kit/forms/use-form.ts';
import { Name } from '../kit/parts.tsx';
import { isOfMoment } from './place.ts';

type View = Answer<'views.list'>[number];

/** More stand in the dialog alone. */
const MOST = 12;

/** The page with its filters, as it is looked at. */
function useAddress(): string {
  const [path] = useLocation();
  const params = new URLSearchParams(useSearch());
  for (const name of [...params.keys()].filter(isOfMoment)) params.delete(name);
  return params.size === 0 ? path : `${path}?${params}`;
}

function useViews(): readonly View[] {
  const [path] = useLocation();
  const all = useRead('views.list', {}).data ?? [];
  return all.filter(({ address }) => address.split('?')[0] === path);
}

function Rename({ view, onClose }: { readonly view: View; readonly onClose: () => void }) {
  const rename = useForm(
    'views.rename',
    { name: view.name },
    { onDone: onClose, given: ({ name }) => ({ params: { id: view.id }, body: { name } }) },
  );
  return (
    <Form action="views.rename-send" does="Rename" of={rename} tone="quiet" isRow onClose={onClose}>
      <TextField label={`Another name for ${view.name}`} action="views.new-name" {...rename.text('name')} />
    </Form>
  );
}

function Line({ view, onOpen }: { readonly view: View; readonly onOpen: () => void }) {
  const [isRenaming, setRenaming] = useState(false);
  const remove = useAct('views.remove', { says: 'The view is kept no longer' });
  if (isRenaming)
    return (
      <li>
        <Rename view={view} onClose={() => setRenaming(false)} />
      </li>
    );
  return (
    <li className="row apart">
      <Go action="views.open-kept" to={view.address} onGo={onOpen}>
        <Name>{view.name}</Name>
      </Go>
      <span className="row">
        <Button
          action="views.rename"
          tone="link"
          label={`Rename ${view.name}`}
          onClick={() => setRenaming(true)}
        >
          Rename
        </Button>
        <Button
          action="views.remove"
          tone="link"
          label={`Remove ${view.name}`}
          isBusy={remove.isPending}
          onClick={() => remove.mutate({ params: { id: view.id } })}
        >
          Remove
        </Button>
      </span>
    </li>
  );
}

function Views({ onClose }: { readonly onClose: () => void }) {
  const views = useViews();
  const address = useAddress();
  const keep = useForm(
    'views.keep',
    { name: '' },
    {
      says: ({ name }) => `${name} is kept`,
      onDone: onClose,
      given: ({ name }) => ({ body: { name, address } }),
    },
  );
  return (
    <Dialog title="Keep this view" onClose={onClose}>
      <Form
        action="views.keep-send"
        does="Keep it"
        of={keep}
        isOff={keep.values.name.trim() === ''}
        onClose={onClose}
      >
        <TextField
          label="Name"
          hint="The filters and the time that are chosen now. It stands on this page and in the search, for you alone."
          action="views.name"
          {...keep.text('name')}
        />
      </Form>
      {views.length > 0 && (
        <section>
          <h3>Kept views of this page</h3>
          <ul className="plain lines">
            {views.map(view => (
              <Line key={view.id} view={view} onOpen={onClose} />
            ))}
          </ul>
        </section>
      )}
    </Dialog>
  );
}

/** Gives the page as it is looked at a name. */
export function KeepView() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button action="views.keep" onClick={() => setOpen(true)}>
        Keep this view
      </Button>
      {isOpen && <Views onClose={() => setOpen(false)} />}
    </>
  );
}

/** The kept views of the page, a link each. */
export function KeptViews() {
  const views = useViews();
  const address = useAddress();
  if (views.length === 0) return null;
  return (
    <nav className="row kept-views" aria-label="Kept views">
      {views.slice(0, MOST).map(view => (
        <Go key={view.id} action="views.open" className="chip" to={view.address}>
          <span aria-current={view.address === address ? 'true' : undefined}>
            <Name>{view.name}</Name>
          </span>
        </Go>
      ))}
    </nav>
  );
}
