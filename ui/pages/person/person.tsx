import { useRoute } from 'wouter';
import { mayChange } from '../../api/boot.ts';
import type { Answer } from '../../api/client.ts';
import { useRead } from '../../api/use.ts';
import { Button, Go } from '../../kit/button.tsx';
import { About } from '../../kit/leaving/use-unsaved.ts';
import { Head, Read, Tabs } from '../../kit/parts.tsx';
import { State } from '../../kit/state.tsx';
import { Ago } from '../../kit/time.tsx';
import { Gone, GoneMeanwhile, useStill, useWasThere } from '../../shell/gone.tsx';
import { useParam, useTo } from '../../shell/place.ts';
import { useTitle } from '../../shell/title.ts';
import { Revoke } from '../people/revoke.tsx';
import { Can } from './can.tsx';
import { Did } from './did.tsx';
import { Edit } from './edit.tsx';
import { Holds } from './holds.tsx';

export type Person = Answer<'users.get'>;

const TABS = [
  { id: 'can', title: 'Can do' },
  { id: 'did', title: 'Did' },
  { id: 'holds', title: 'Holds' },
  { id: 'edit', title: 'Account' },
];

const SHOWN: Readonly<Record<string, (props: { person: Person }) => React.JSX.Element>> = {
  can: Can,
  did: Did,
  holds: Holds,
  edit: Edit,
};

function Page({ person }: { readonly person: Person }) {
  const [tab, setTab] = useParam('tab', 'can');
  const [ends, setEnds] = useParam('revoke');
  const Shown = SHOWN[tab] ?? Can;
  useTitle(person.username);
  return (
    <div className="stack">
      <Head
        title={person.full_name ? `${person.username} · ${person.full_name}` : person.username}
        says={
          <>
            <State level={person.is_active ? 'ok' : 'bad'}>
              {person.is_active ? person.role : 'shut out'}
            </State>{' '}
            · came in last <Ago at={person.last_login_at} /> · made <Ago at={person.created_at} />
            {person.email && ` · ${person.email}`}
          </>
        }
      >
        {mayChange && (
          <Button action="person.revoke" tone="danger" onClick={() => setEnds('1')}>
            Sign out everywhere and revoke
          </Button>
        )}
      </Head>
      <Tabs name="person-tab" tabs={TABS} now={tab} onGo={setTab} />
      <About value={person.id}>
        <Shown person={person} />
      </About>
      {ends !== '' && <Revoke person={person} onClose={() => setEnds('')} />}
    </div>
  );
}

/** One person: what they can do, did, and hold. */
export function PersonPage() {
  const [, params] = useRoute('/admin/people/:id');
  const id = params?.id ?? '';
  const to = useTo();
  const person = useRead('users.get', { params: { id } }, { everyMs: 15_000 });
  const isGone = person.error?.status === 404;
  const wasThere = useWasThere(person.data?.id === id && !isGone);
  const still = useStill(id, isGone || person.data?.id !== id ? undefined : person.data);
  if (isGone && !still.isGone)
    return (
      <>
        <Head title={wasThere ? (person.data?.username ?? 'Person') : 'Person'} />
        <Gone what="person" wasThere={wasThere}>
          <Go action="person.back" className="button quiet" to={to('/admin/people')}>
            All people
          </Go>
        </Gone>
      </>
    );
  return (
    <>
      {still.isGone && <GoneMeanwhile what="person" />}
      <Read of={person}>{found => <Page key={found.id} person={found} />}</Read>
    </>
  );
}
