import { Head, Tabs } from '../../kit/parts.tsx';
import { KeepView, KeptViews } from '../../shell/kept-views.tsx';
import { useParam } from '../../shell/place.ts';
import { BlockedAddresses } from './blocked.tsx';
import { Definitions } from './definitions.tsx';
import { Detectors } from './detectors.tsx';
import { Incidents } from './incidents.tsx';
import { Scans } from './scans.tsx';

const TABS = [
  { id: '', title: 'Incidents' },
  { id: 'blocked', title: 'Blocked addresses' },
  { id: 'definitions', title: 'Definitions' },
  { id: 'scans', title: 'Scans' },
  { id: 'detectors', title: 'Detectors' },
] as const;

const PAGES = {
  '': Incidents,
  blocked: BlockedAddresses,
  definitions: Definitions,
  scans: Scans,
  detectors: Detectors,
} as const;

/** What was refused, found or changed that concerns security, and what looks for it. */
export function Security() {
  const [tab, setTab] = useParam('tab');
  const Page = PAGES[tab as keyof typeof PAGES] ?? Incidents;
  return (
    <>
      <Head title="Security" says="Who tried what, which servers changed, and what a look at a server finds.">
        <KeepView />
      </Head>
      <KeptViews />
      <Tabs name="security-tab" tabs={TABS} now={tab} onGo={setTab} />
      <Page />
    </>
  );
}
