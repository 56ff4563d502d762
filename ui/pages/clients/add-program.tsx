import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { Check, Form, Once, TextField } from '../../kit/forms/form.tsx';
import { filledIn, useForm } from '../../kit/forms/use-form.ts';
import { Choice } from '../../kit/parts.tsx';

const WAYS = [
  ['none', 'Public: on a person’s machine, with PKCE'],
  ['secret', 'With a secret: on a server'],
  ['key', 'With its own key: on a server'],
] as const;
const NOTHING = {
  ...{ client_name: '', redirect_uris: '', jwks_uri: '', user: '', device: false },
  auth: 'none' as (typeof WAYS)[number][0],
};

/** A client that neither registers itself nor has a document. */
export function AddProgram({ onClose }: { readonly onClose: () => void }) {
  const add = useForm('oauth-clients.create', NOTHING, {
    given: ({ client_name, redirect_uris, jwks_uri, user, device, auth }) => ({
      body: {
        ...{ client_name, auth, device, redirect_uris: redirect_uris.split(/\s+/).filter(Boolean) },
        ...filledIn({ user, jwks_uri: auth === 'key' ? jwks_uri : '' }),
      },
    }),
  });
  if (add.done)
    return (
      <Dialog title="The client is registered" onClose={onClose}>
        <p>
          Its id: <code>{add.done.client_id}</code>
        </p>
        {add.done.client_secret !== undefined && (
          <Once says="Its secret:" text={add.done.client_secret} action="clients.secret-copy" />
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
      <Form action="clients.add-send" does="Register" of={add} onClose={onClose}>
        <TextField
          label="Name"
          hint="As people see it when they are asked."
          action="clients.add-name"
          {...add.text('client_name')}
        />
        <TextField
          label="Redirect URIs"
          hint="One a line."
          action="clients.add-uris"
          isCode
          isMany
          {...add.text('redirect_uris')}
        />
        <div className="field">
          <Choice
            label="How it shows who it is"
            action="clients.add-auth"
            options={WAYS}
            {...add.choice('auth')}
          />
        </div>
        {add.values.auth === 'key' && (
          <TextField
            label="Address of its keys (JWKS)"
            action="clients.add-jwks"
            isCode
            {...add.text('jwks_uri')}
          />
        )}
        <TextField
          label="Acts by itself as"
          hint="A user name, for a program without a person before it (client credentials); usually empty."
          action="clients.add-user"
          {...add.text('user')}
        />
        <Check
          label="May sign in by a code on another device"
          action="clients.add-device"
          isOn={add.values.device}
          onChange={device => add.set({ device })}
        />
      </Form>
    </Dialog>
  );
}
