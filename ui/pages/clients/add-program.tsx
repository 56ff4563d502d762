import { useState } from 'react';
import { useAct } from '../../api/use.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { Problem, wrongOf } from '../../kit/field.tsx';
import { Check, Form, Once, TextField } from '../../kit/form.tsx';
import { Choice } from '../../kit/parts.tsx';

const WAYS = [
  ['none', 'Public: on a person’s machine, with PKCE'],
  ['secret', 'With a secret: on a server'],
  ['key', 'With its own key: on a server'],
] as const;
const FIELDS = ['client_name', 'redirect_uris', 'jwks_uri', 'user', 'auth'];
const NOTHING = { name: '', uris: '', jwks: '', user: '' };

/** A client that neither registers itself nor has a document. */
export function AddProgram({ onClose }: { readonly onClose: () => void }) {
  const [draft, setDraft] = useState(NOTHING);
  const [auth, setAuth] = useState<(typeof WAYS)[number][0]>('none');
  const [isDevice, setDevice] = useState(false);
  const add = useAct('oauth-clients.create', { isQuiet: true });
  const set = (field: keyof typeof NOTHING) => (value: string) => setDraft({ ...draft, [field]: value });
  const wrong = (field: string) => wrongOf(add.error, field);
  const send = () =>
    add.mutate({
      body: {
        ...{ client_name: draft.name, auth, device: isDevice },
        redirect_uris: draft.uris.split(/\s+/).filter(Boolean),
        ...(auth === 'key' && draft.jwks !== '' && { jwks_uri: draft.jwks }),
        ...(draft.user !== '' && { user: draft.user }),
      },
    });
  if (add.data)
    return (
      <Dialog title="The client is registered" onClose={onClose}>
        <p>
          Its id: <code>{add.data.client_id}</code>
        </p>
        {add.data.client_secret !== undefined && (
          <Once says="Its secret:" text={add.data.client_secret} action="clients.secret-copy" />
        )}
        <div className="row end">
          <Button action="clients.add-done" tone="main" onClick={onClose}>
            Done
          </Button>
        </div>
      </Dialog>
    );
  return (
    <Dialog title="Register a client" onClose={onClose}>
      <Form action="clients.add-send" does="Register" isBusy={add.isPending} onSend={send} onClose={onClose}>
        <TextField
          label="Name"
          hint="As people see it when they are asked."
          action="clients.add-name"
          value={draft.name}
          onChange={set('name')}
          wrong={wrong('client_name')}
        />
        <TextField
          label="Redirect URIs"
          hint="One a line."
          action="clients.add-uris"
          isCode
          isMany
          value={draft.uris}
          onChange={set('uris')}
          wrong={wrong('redirect_uris')}
        />
        <div className="field">
          <Choice
            label="How it shows who it is"
            action="clients.add-auth"
            options={WAYS}
            now={auth}
            onChoose={setAuth}
          />
        </div>
        {auth === 'key' && (
          <TextField
            label="Address of its keys (JWKS)"
            action="clients.add-jwks"
            isCode
            value={draft.jwks}
            onChange={set('jwks')}
            wrong={wrong('jwks_uri')}
          />
        )}
        <TextField
          label="Acts by itself as"
          hint="A user name, for a program without a person before it (client credentials); usually empty."
          action="clients.add-user"
          value={draft.user}
          onChange={set('user')}
          wrong={wrong('user')}
        />
        <Check
          label="May sign in by a code on another device"
          action="clients.add-device"
          isOn={isDevice}
          onChange={setDevice}
        />
        <Problem refused={add.error} fields={FIELDS} />
      </Form>
    </Dialog>
  );
}
