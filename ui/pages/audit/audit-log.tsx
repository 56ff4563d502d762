import { addressOf } from '../../api/client.ts';
import { Head, Tabs } from '../../kit/parts.tsx';
import { KeepView, KeptViews } from '../../shell/kept-views.tsx';
import { useParam, useParams, useWindow } from '../../shell/place.ts';
import { Changes } from './changes.tsx';
import { CleanUp } from './clean-up.tsx';
import { auditFilter, signInFilter } from './filters.ts';
import { SignIns } from './sign-ins.tsx';

const FORMATS = [
  ['csv', 'CSV'],
  ['jsonl', 'JSON lines'],
] as const;

/** Who changed what, who signed in, and both to take along. */
export function AuditLog() {
  const [tab, setTab] = useParam('tab', 'changes');
  const [params] = useParams();
  const [window] = useWindow();
  const isChanges = tab !== 'sign-ins';
  const file = (format: 'csv' | 'jsonl') =>
    isChanges
      ? addressOf('audit.export', { query: { ...window.span, ...auditFilter(params), format } })
      : addressOf('auth-log.export', { query: { ...window.span, ...signInFilter(params), format } });
  return (
    <>
      <Head
        title="Audit log"
        says={`What was changed, by whom, and who came in, in ${window.says}. Changes stay; nobody can take one out.`}
      >
        {FORMATS.map(([format, title]) => (
          <a
            key={format}
            className="button quiet"
            data-action={`audit.${format}`}
            href={file(format)}
            download
          >
            {title}
          </a>
        ))}
        <KeepView />
        <CleanUp />
      </Head>
      <KeptViews />
      <Tabs
        name="audit-tab"
        now={tab}
        onGo={setTab}
        tabs={[
          { id: 'changes', title: 'Changes' },
          { id: 'sign-ins', title: 'Sign-ins' },
        ]}
      />
      {isChanges ? <Changes /> : <SignIns />}
    </>
  );
}
