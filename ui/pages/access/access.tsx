import { Head, Tabs } from '../../kit/parts.tsx';
import { useParam } from '../../shell/place.ts';
import { CatalogueAs } from './catalogue-as.tsx';
import { useDraft } from './draft.ts';
import { DraftBar } from './draft-bar.tsx';
import { ExplainBar } from './explain.tsx';
import { Limits } from './limits.tsx';
import { Matrix } from './matrix.tsx';
import { Rules } from './rules.tsx';

const TABS = [
  { id: 'matrix', title: 'Who may use what' },
  { id: 'rules', title: 'Rules' },
  { id: 'catalogue', title: 'Catalogue as somebody' },
  { id: 'limits', title: 'Limits' },
];

/** Who may use what, and why. */
export function Access() {
  const [tab, setTab] = useParam('tab', 'matrix');
  const draft = useDraft();
  return (
    <>
      <Head
        title="Access"
        says="Nobody may use what no rule allows; a deny wins over every allow. Changes are tried on paper first."
      />
      <ExplainBar />
      <Tabs name="access-tab" tabs={TABS} now={tab} onGo={setTab} />
      {tab === 'matrix' && <Matrix draft={draft} />}
      {tab === 'rules' && <Rules draft={draft} />}
      {tab === 'catalogue' && <CatalogueAs />}
      {tab === 'limits' && <Limits />}
      <DraftBar draft={draft} />
    </>
  );
}
