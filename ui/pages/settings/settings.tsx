import { Head, Tabs } from '../../kit/parts.tsx';
import { useParam } from '../../shell/place.ts';
import { Api } from './api.tsx';
import { Keys } from './keys.tsx';
import { System } from './system.tsx';
import { TABS } from './tabs.ts';

const SHOWN = [
  ...TABS.map(({ id, title }) => ({ id, title })),
  { id: 'api', title: 'API' },
  { id: 'system', title: 'System' },
];

/** What the gateway goes by, who decided it, and what runs. */
export function Settings() {
  const [tab, setTab] = useParam('tab', 'general');
  return (
    <>
      <Head
        title="Settings"
        says="A flag wins over the environment, that over the configuration file, that over what is chosen here."
      />
      <Tabs name="settings-tab" tabs={SHOWN} now={tab} onGo={setTab} />
      {tab === 'api' && <Api />}
      {tab === 'system' && <System />}
      {/* What was typed into it stays while another tab is looked at. */}
      <div hidden={tab === 'api' || tab === 'system'}>
        <Keys tab={tab} />
      </div>
    </>
  );
}
