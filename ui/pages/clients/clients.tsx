import { Head, Tabs } from '../../kit/parts.tsx';
import { KeepView, KeptViews } from '../../shell/kept-views.tsx';
import { useParam } from '../../shell/place.ts';
import { Consents } from './consents.tsx';
import { Keys } from './keys.tsx';
import { Links } from './links.tsx';
import { Programs } from './programs.tsx';

const TABS = [
  { id: 'programs', title: 'OAuth clients' },
  { id: 'keys', title: 'API keys' },
  { id: 'consents', title: 'Consents' },
  { id: 'links', title: 'Links that wait' },
];

/** By what people come: programs, keys, and what they agreed to. */
export function Clients() {
  const [tab, setTab] = useParam('tab', 'programs');
  return (
    <>
      <Head
        title="Clients"
        says="The programs that ask for people's access, the keys that stand for people, and who agreed to what."
      >
        <KeepView />
      </Head>
      <KeptViews />
      <Tabs name="clients-tab" tabs={TABS} now={tab} onGo={setTab} />
      {tab === 'programs' && <Programs />}
      {tab === 'keys' && <Keys />}
      {tab === 'consents' && <Consents />}
      {tab === 'links' && <Links />}
    </>
  );
}
