import { useState } from 'react';
import { mayChange } from '../../api/boot.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button, Go } from '../../kit/button.tsx';
import { Confirm, Dialog } from '../../kit/dialog.tsx';
import { plural } from '../../kit/figures.ts';
import { Form, Once, TextField } from '../../kit/forms/form.tsx';
import { type Filled, numberOr, useForm } from '../../kit/forms/use-form.ts';
import { About } from '../../kit/leaving/use-unsaved.ts';
import { Name } from '../../kit/parts.tsx';
import { Ago } from '../../kit/time.tsx';
import { GoneMeanwhile } from '../../shell/gone.tsx';
import { useTo } from '../../shell/place.ts';
import { useTitle } from '../../shell/title.ts';
import { Known, type Program } from './program.tsx';

type Props = { readonly program: Program };
const MINUTE = 60_000;

/** An id that is an address goes into the query, any other into the path. */
const isUrl = (id: string) => id.includes('/');

const minutesOf = (ms: number | null | undefined) => (ms ? String(ms / MINUTE) : '');
const msOf = (text: string): number | null => {
  const minutes = numberOr(text);
  return typeof minutes === 'number' ? minutes * MINUTE : minutes;
};

type Lives = { readonly access_ttl_ms: string; readonly refresh_ttl_ms: string };

const livesOf = (program: Program): Lives => ({
  access_ttl_ms: minutesOf(program.access_ttl_ms),
  refresh_ttl_ms: minutesOf(program.refresh_ttl_ms),
});

const bodyOf = ({ access_ttl_ms, refresh_ttl_ms }: Lives) => ({
  access_ttl_ms: msOf(access_ttl_ms),
  refresh_ttl_ms: msOf(refresh_ttl_ms),
});

const LIVES = { edits: 'some', says: 'The lives of its tokens are set' } as const;

function LivesById({ program }: Props) {
  const params = { id: program.client_id };
  const given = (lives: Lives) => ({ params, body: bodyOf(lives) });
  return <LivesForm of={useForm('oauth-clients.update', livesOf(program), { ...LIVES, given })} />;
}

function LivesByUrl({ program }: Props) {
  const query = { client_id: program.client_id };
  const given = (lives: Lives) => ({ query, body: bodyOf(lives) });
  return <LivesForm of={useForm('oauth-clients.update-by-url', livesOf(program), { ...LIVES, given })} />;
}

function LivesForm({ of }: { readonly of: Filled<Lives> }) {
  return (
    <Form action="client.lives-save" does="Set" of={of} isOff={!mayChange || !of.isChanged}>
      <h3>How long its tokens live</h3>
      <div className="fields">
        <TextField
          label="Access tokens, minutes"
          hint="Empty: as the settings say."
          action="client.access-life"
          isOff={!mayChange}
          {...of.text('access_ttl_ms')}
        />
        <TextField
          label="Refresh tokens, minutes"
          hint="Empty: as the settings say."
          action="client.refresh-life"
          isOff={!mayChange}
          {...of.text('refresh_ttl_ms')}
        />
      </div>
    </Form>
  );
}

function Secret({ program }: Props) {
  const rotate = useAct('oauth-clients.rotate');
  if (!program.has_secret || !mayChange) return null;
  return rotate.data ? (
    <Once
      says="Its new secret; the former one opens nothing any more:"
      text={rotate.data.client_secret}
      action="client.secret-copy"
    />
  ) : (
    <div>
      <Button
        action="client.rotate"
        isBusy={rotate.isPending}
        onClick={() => rotate.mutate({ params: { id: program.client_id } })}
      >
        Give it another secret
      </Button>
    </div>
  );
}

function People({ program }: Props) {
  const to = useTo();
  const { client_id } = program;
  const consents = useRead('consents.list', { query: { client_id } }).data ?? [];
  return (
    <section>
      <h3>{plural(consents.length, 'person', 'people')} let it in</h3>
      <ul className="plain lines">
        {consents.slice(0, 100).map(({ user, used_at, sign_ins }) => (
          <li key={user.id} className="row apart">
            <Go action="client.person" to={to(`/admin/people/${user.id}`, { tab: 'holds' })}>
              <Name>{user.username}</Name>
            </Go>
            <span className="soft">
              {plural(sign_ins, 'sign-in')} · used <Ago at={used_at} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function End({ program, onClose }: Props & { readonly onClose: () => void }) {
  const [isAsked, setAsked] = useState(false);
  const options = {
    says: 'The client and all it was given has ended',
    touches: ['consents', 'presence'],
    onDone: onClose,
  };
  const byId = useAct('oauth-clients.remove', options);
  const byUrl = useAct('oauth-clients.remove-by-url', options);
  const { client_id } = program;
  const send = () =>
    isUrl(client_id) ? byUrl.mutate({ query: { client_id } }) : byId.mutate({ params: { id: client_id } });
  if (!mayChange) return null;
  return (
    <div>
      <Button action="client.remove" tone="danger" onClick={() => setAsked(true)}>
        Revoke this client
      </Button>
      {isAsked && (
        <Confirm
          action="client.remove-send"
          title="Revoke the client"
          does="Revoke"
          isBusy={byId.isPending || byUrl.isPending}
          onDo={send}
          onClose={() => setAsked(false)}
        >
          <p>Its registration ends, with every consent, sign-in and token that it was given, at once.</p>
          {program.source !== 'admin' && <p>It may come again, and then asks everybody anew.</p>}
        </Confirm>
      )}
    </div>
  );
}

/** One client: whose word it is, where it sends people, who let it in. */
export function ProgramDrawer({
  program,
  isGone,
  onClose,
}: Props & { readonly isGone: boolean; readonly onClose: () => void }) {
  const to = useTo();
  const { client_id, client_name, redirect_uris = [], auth_method } = program;
  useTitle(client_name ?? client_id, 'drawer');
  return (
    <Dialog title="OAuth client" shape="drawer" onClose={onClose}>
      {isGone && <GoneMeanwhile what="client" />}
      <dl className="facts">
        <dt>Name</dt>
        <dd>
          <Name>{client_name ?? '–'}</Name>
        </dd>
        <dt>Whose word</dt>
        <dd>
          <Known of={program} />
        </dd>
        <dt>Id</dt>
        <dd>
          <code>{client_id}</code>
        </dd>
        <dt>Sends back to</dt>
        <dd>
          {redirect_uris.map(uri => (
            <div key={uri}>
              <code>{uri}</code>
            </div>
          ))}
        </dd>
        <dt>Shows itself by</dt>
        <dd>{auth_method === 'none' ? 'nothing (public)' : auth_method}</dd>
        <dt>Came</dt>
        <dd>
          <Ago at={program.createdAt} /> {program.createdAddress && `from ${program.createdAddress}`}
        </dd>
        <dt>Seen</dt>
        <dd>
          <Ago at={program.lastSeenAt} /> {program.lastAddress && `from ${program.lastAddress}`}{' '}
          <Name>{program.lastAgent ?? ' '}</Name>
        </dd>
        <dt>Last token</dt>
        <dd>
          <Ago at={program.lastTokenAt} />
        </dd>
      </dl>
      <p>
        <Go action="client.activity" to={to('/admin/activity', { client: client_id })}>
          What it did
        </Go>
      </p>
      <People program={program} />
      <About value={client_id}>
        {isUrl(client_id) ? <LivesByUrl program={program} /> : <LivesById program={program} />}
      </About>
      <Secret program={program} />
      <End program={program} onClose={onClose} />
    </Dialog>
  );
}
